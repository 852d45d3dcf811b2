/** A service that counts what it executes, and fails in every way that a service can. */
@NullMarked
package io.bulwark.load.service;

import org.jspecify.annotations.NullMarked;
