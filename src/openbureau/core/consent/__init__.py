"""What a consent is: its terms, the notice before it, the artefact that records it."""
