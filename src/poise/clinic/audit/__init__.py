"""Who did what, when, to what, from where: a chain of rows that cannot be changed unseen."""
