/** The registry of services: one actor in the cluster, a copy on each node. */
@NullMarked
package io.bulwark.node.service;

import org.jspecify.annotations.NullMarked;
