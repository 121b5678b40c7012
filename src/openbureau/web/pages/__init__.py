"""People: the pages, their language, their drawings, their sessions."""
