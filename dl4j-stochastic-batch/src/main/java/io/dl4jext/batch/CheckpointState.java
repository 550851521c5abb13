package io.dl4jext.batch;

import io.dl4jext.batch.internal.Checks;
import io.dl4jext.batch.internal.Json;
import java.util.Map;
import org.nd4j.linalg.api.rng.Random;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect.Visibility;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/** What lies beside a saved model: a file of JSON, whose fields are the format. */
@JsonAutoDetect(
        fieldVisibility = Visibility.ANY,
        getterVisibility = Visibility.NONE,
        isGetterVisibility = Visibility.NONE)
final class CheckpointState {

    static final String FORMAT = "dl4j-extension-pack training state";
    static final int VERSION = 1;

    private final String format;
    private final int version;

    /** The file of the model in the same folder, the class of the network, and the checksum of its parameters there. */
    final String model;

    final String network;
    final long parametersCrc;

    /** Of the next update. DL4J's own counts in the model are one behind: listeners are called before it counts. */
    final int iteration;

    final int epoch;

    /** Whether DL4J had applied the layers' constraints, which it does after it has called the listeners. */
    final boolean constrained;

    /** Of ND4J's generator on the training thread. */
    final long randomRoot;

    final long randomNode;

    /** What each piece has kept, in a format of its own; the place in the data too. */
    final Map<String, String> parts;

    /** No parameter of the constructor: those must all be there. */
    private long savedAt;

    @JsonCreator
    private CheckpointState(
            @JsonProperty(value = "format", required = true) String format,
            @JsonProperty(value = "version", required = true) int version,
            @JsonProperty(value = "model", required = true) String model,
            @JsonProperty(value = "network", required = true) String network,
            @JsonProperty(value = "parametersCrc", required = true) long parametersCrc,
            @JsonProperty(value = "iteration", required = true) int iteration,
            @JsonProperty(value = "epoch", required = true) int epoch,
            @JsonProperty(value = "constrained", required = true) boolean constrained,
            @JsonProperty(value = "randomRoot", required = true) long randomRoot,
            @JsonProperty(value = "randomNode", required = true) long randomNode,
            @JsonProperty(value = "parts", required = true) Map<String, String> parts) {
        this.format = format;
        this.version = version;
        this.model = model;
        this.network = network;
        this.parametersCrc = parametersCrc;
        this.iteration = iteration;
        this.epoch = epoch;
        this.constrained = constrained;
        this.randomRoot = randomRoot;
        this.randomNode = randomNode;
        this.parts = parts;
    }

    /** A state that is in no file yet. */
    CheckpointState(
            String network,
            int iteration,
            int epoch,
            boolean constrained,
            Random generator,
            long savedAt,
            Map<String, String> parts) {
        this(
                FORMAT,
                VERSION,
                null,
                network,
                0,
                iteration,
                epoch,
                constrained,
                generator.rootState(),
                generator.nodeState(),
                parts);
        this.savedAt = savedAt;
    }

    /** This beside a model. */
    CheckpointState of(String file, long crc) {
        CheckpointState beside = new CheckpointState(
                format, version, file, network, crc, iteration, epoch, constrained, randomRoot, randomNode, parts);
        beside.savedAt = savedAt;
        return beside;
    }

    /**
     * When it was made, in milliseconds since 1970, and after all that were there; 0 in files of versions that did not
     * write it down.
     */
    long savedAt() {
        return savedAt;
    }

    String toJson() {
        return Json.write(this, CheckpointState.class, "training state");
    }

    /** @throws IllegalArgumentException if it is something else; the message names the value and the place */
    static CheckpointState fromJson(String json) {
        CheckpointState state = Json.read(json, CheckpointState.class, "training state");
        if (!FORMAT.equals(state.format) || state.version != VERSION) {
            throw new IllegalArgumentException("Expected a '" + FORMAT + "' of version " + VERSION + ", got a '"
                    + state.format + "' of version " + state.version);
        }
        Checks.notNegative("iteration", state.iteration);
        Checks.notNegative("epoch", state.epoch);
        return state;
    }
}
