-- Run by the image once, when the data is new, as the administrator: a role for the apps that owns its database and can
-- do nothing outside of it, and so no programs can be run through it (COPY … TO PROGRAM) nor files be read.
\getenv password TIDEMARK_PASSWORD
CREATE ROLE tidemark LOGIN PASSWORD :'password';
CREATE DATABASE tidemark OWNER tidemark;
