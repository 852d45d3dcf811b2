/** What PostgreSQL arbitrates for the cluster: which nodes run, who founds it, who holds a lease. */
@NullMarked
package io.bulwark.persistence.cluster;

import org.jspecify.annotations.NullMarked;
