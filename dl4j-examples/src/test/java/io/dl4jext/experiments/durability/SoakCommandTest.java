package io.dl4jext.experiments.durability;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class SoakCommandTest {

    /** So that the program tells its stack trace: as an IOException it was called a fault of the user's files. */
    @Test
    void aTrainingThatFailsIsNoFaultOfTheUsersFiles() {
        Exception failure = new UnsupportedOperationException("a layer");
        assertThatThrownBy(() -> SoakCommand.await(CompletableFuture.failedFuture(failure)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("A training has ended: " + failure)
                .hasCause(failure);
    }
}
