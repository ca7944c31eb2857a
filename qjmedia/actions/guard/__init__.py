"""Who may change what: proposals, pushes and history held against the law of their base."""
