/** What the folder {@code deploy} promises: manifests that the Kubernetes API takes, and an image that starts. */
@NullMarked
package io.bulwark.blackbox.deploy;

import org.jspecify.annotations.NullMarked;
