package io.bulwark.load.service;

import java.util.concurrent.CompletableFuture;

/** What a service does with one request. */
public sealed interface Behaviour {
    /** Answers with this status and a body that no other arrival gets. */
    record Answer(int status) implements Behaviour {}

    /** Answers nothing and keeps the connection until the caller gives up. */
    record Hang() implements Behaviour {}

    /** Reads the request and closes the connection. */
    record CloseSilently() implements Behaviour {}

    /** Sends the head and half of the body and closes the connection. */
    record BreakOff() implements Behaviour {}

    /** Sends bytes that are not HTTP and closes the connection. */
    record Garbage() implements Behaviour {}

    /** Sends exactly these characters, each as one byte (ISO 8859-1), and keeps the connection. */
    record Raw(String text) implements Behaviour {}

    /** Waits for the gate, then goes on. */
    record After(CompletableFuture<Void> gate, Behaviour then) implements Behaviour {}
}
