package io.dl4jext.experiments.zoo;

import org.nd4j.shade.jackson.annotation.JsonAutoDetect;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect.Visibility;

/**
 * What came out for one model; handed from the JVM that tried it to the one that reports. NaN and empty where nothing
 * did.
 */
@JsonAutoDetect(fieldVisibility = Visibility.ANY)
final class ZooRow {

    String model;
    String input = "-";
    int batchSize;
    long parameters;
    int direct;
    int replayed;
    int without;

    /** Medians, in milliseconds. */
    double plain = Double.NaN;

    double measured = Double.NaN;

    /** How many times a plain step one with every n-th measured takes, n being the command's {@code --interval}. */
    double seldom = Double.NaN;

    /** |ΣᵢΣⱼ F̃ᵢⱼ − ‖Σ gᵢ‖²| / ‖Σ gᵢ‖². */
    double identity = Double.NaN;

    /** Why DL4J does not train it. */
    String refusal = "";

    /** Why the listener does not measure it. */
    String listener = "";

    /** What each of the other pieces did. */
    String implicit = "";

    String microBatches = "";
    String stochasticBatch = "";
    String adaGrad = "";

    /** How many times a plain step a measured one takes. */
    double overhead() {
        return measured / plain;
    }
}
