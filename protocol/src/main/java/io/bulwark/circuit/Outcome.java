package io.bulwark.circuit;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How a permitted call ended, as far as the circuit is concerned. */
public enum Outcome {
    /** The service did its work. */
    @JsonProperty("success")
    SUCCESS,
    /** The service failed, broke off or did not answer in time. */
    @JsonProperty("failure")
    FAILURE,
    /** Says nothing about the service: the call was not made, or was answered from the record. */
    @JsonProperty("ignored")
    IGNORED
}
