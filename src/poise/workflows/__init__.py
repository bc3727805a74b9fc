"""The only place that knows the order: read, clean, measure, find, document."""
