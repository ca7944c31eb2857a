"""The round of 第七条: a draft is handed in, signed, numbered, changed, closed, opened again."""
