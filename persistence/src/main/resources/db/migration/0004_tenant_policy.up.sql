-- What a node goes by while the tenant's guard cannot be asked. Null in lines of before, until their guard wakes next.
ALTER TABLE tenant ADD COLUMN policy jsonb;
