package io.dl4jext.fisher.internal.gram;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.blas.Blas;
import org.nd4j.linalg.factory.Nd4j;

/** BLAS has one thread while any is open, and those that it had before afterwards. */
class SingleThreadedBlasTest {

    private final Blas blas = Nd4j.factory().blas();
    private int before;

    @BeforeEach
    void twoThreads() {
        before = blas.getMaxThreads();
        blas.setMaxThreads(2);
    }

    @AfterEach
    void putBack() {
        blas.setMaxThreads(before);
    }

    @Test
    void oneThreadUntilClosed() {
        for (int round = 0; round < 3; round++) {
            try (SingleThreadedBlas ignored = SingleThreadedBlas.open()) {
                assertThat(blas.getMaxThreads()).isEqualTo(1);
            }
            assertThat(blas.getMaxThreads()).isEqualTo(2);
        }
    }

    @Test
    void theLastOneToCloseGivesThemBack() {
        SingleThreadedBlas first = SingleThreadedBlas.open();
        SingleThreadedBlas second = SingleThreadedBlas.open();
        first.close();
        assertThat(blas.getMaxThreads()).isEqualTo(1);
        second.close();
        assertThat(blas.getMaxThreads()).isEqualTo(2);
    }
}
