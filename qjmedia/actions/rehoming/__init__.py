"""Units merge, change their name, or split; their platforms follow: 第三、五条."""
