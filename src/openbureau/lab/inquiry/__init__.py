"""Who asks, and about whom?  Made-up people for every outcome of an inquiry, and made-up users of members."""
