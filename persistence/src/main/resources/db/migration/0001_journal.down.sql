DROP TABLE snapshot;
DROP TABLE event_tag;
DROP TABLE event_journal;
