package io.dl4jext.fisher;

import java.util.Locale;

/** What a row of the files of {@code CsvSink} and {@code JsonLinesSink} holds, named there in lower case. */
enum Column {
    EPOCH,
    ITERATION,
    BATCH_SIZE,
    LEARNING_RATE,
    LOSS,
    CONDITION_NUMBER,
    RANK,
    TRACE,
    ENERGY,
    MEAN_GRADIENT_NORM,
    GRADIENT_NORM_MEDIAN,
    GRADIENT_NORM_MAX,
    COVARIANCE_TRACE,
    NOISE_SCALE,
    NORM_TEST,
    INNER_PRODUCT_TEST,
    ORTHOGONALITY_TEST,
    AVERAGE_CONDITION_NUMBER,
    CUMULATIVE_ENERGY,
    EXAMPLES;

    String title() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether it counts something: a whole number, not below 0. */
    boolean counts() {
        return this == EPOCH || this == ITERATION || this == BATCH_SIZE || this == RANK || this == EXAMPLES;
    }
}
