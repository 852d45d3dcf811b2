DROP TABLE tenant_restore;
