/**
 * The ledger in PostgreSQL: the rules of an operation as a pure function of its row, and a group committer that reads,
 * decides and writes many operations in one transaction.
 */
@NullMarked
package io.bulwark.persistence.ledger;

import org.jspecify.annotations.NullMarked;
