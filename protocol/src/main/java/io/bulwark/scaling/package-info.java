/**
 * How many nodes there should be, and why: the policy, the rules of the Kubernetes HorizontalPodAutoscaler, and the state
 * of the coordinator that decides.
 */
@NullMarked
package io.bulwark.scaling;

import org.jspecify.annotations.NullMarked;
