package io.dl4jext.batch;

import io.dl4jext.batch.internal.Checks;
import io.dl4jext.batch.internal.Json;
import java.util.TreeMap;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect.Visibility;

/** What lies beside a saved model: a file of JSON, whose fields are the format. */
@JsonAutoDetect(
        fieldVisibility = Visibility.ANY,
        getterVisibility = Visibility.NONE,
        isGetterVisibility = Visibility.NONE)
final class CheckpointState {

    static final String FORMAT = "dl4j-extension-pack training state";
    static final int VERSION = 1;

    String format = FORMAT;
    int version = VERSION;

    /** The file of the model in the same folder, the class of the network, and the checksum of its parameters there. */
    String model;

    String network;
    long parametersCrc;

    /** Of the next update. DL4J's own counts in the model are one behind: listeners are called before it counts. */
    int iteration;

    int epoch;

    /** Whether DL4J had applied the layers' constraints, which it does after it has called the listeners. */
    boolean constrained;

    /** Of ND4J's generator on the training thread. */
    long randomRoot;

    long randomNode;

    /** Where in the data, or null, and how often that was begun anew. */
    BatchState data;

    int passes;

    /** What the other pieces have kept, each in a format of its own. */
    TreeMap<String, String> parts = new TreeMap<>();

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
        if (state.model == null || state.network == null || state.parts == null) {
            throw new IllegalArgumentException("Expected a training state with model, network and parts, got model "
                    + state.model + ", network " + state.network + ", parts " + state.parts);
        }
        Checks.notNegative("iteration", state.iteration);
        Checks.notNegative("epoch", state.epoch);
        Checks.notNegative("passes", state.passes);
        return state;
    }
}
