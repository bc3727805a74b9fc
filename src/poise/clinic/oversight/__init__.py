"""Pages over the audit: who did what, who opened this chart, is the chain whole."""
