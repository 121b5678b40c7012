"""Who sends this request, and is it the one that was signed?  Pure: values in, values out."""
