DROP TABLE cluster_lease;
DROP TABLE cluster_member;
DROP TABLE cluster_identity;
