"""qjmedia registers a university's new-media platforms (曲靖师范学院新媒体管理办法)."""
