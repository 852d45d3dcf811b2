DROP TABLE tenant;
DROP SEQUENCE operation_token;
DROP TABLE operation;
