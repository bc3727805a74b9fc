"""The pages of evaluations: each reads what was sent, calls one verb, and shows or goes on."""
