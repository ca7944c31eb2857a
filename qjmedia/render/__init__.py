"""Forms, reports and tables: decide the cells, then write them."""
