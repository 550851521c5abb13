package io.dl4jext.experiments.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Cifar10Test {

    private static final int RECORD = 3073;

    @TempDir
    Path folder;

    @BeforeEach
    void writeFiles() throws IOException {
        write(folder);
    }

    static void write(Path folder) throws IOException {
        for (int file = 1; file <= 5; file++) {
            Files.write(folder.resolve("data_batch_" + file + ".bin"), records(2, file));
        }
        Files.write(folder.resolve("test_batch.bin"), records(3, 7));
    }

    /** Record r has label {@code label + r}; its red, green and blue planes begin with 10, 20 and 200. */
    private static byte[] records(int count, int label) {
        byte[] bytes = new byte[count * RECORD];
        for (int r = 0; r < count; r++) {
            bytes[r * RECORD] = (byte) (label + r);
            bytes[r * RECORD + 1] = 10;
            bytes[r * RECORD + 1 + 1024] = 20;
            bytes[r * RECORD + 1 + 2048] = (byte) 200;
        }
        return bytes;
    }

    @Test
    void filesAreReadInOrder() throws IOException {
        ImageSet set = Cifar10.read(folder);

        assertThat(set.toString()).isEqualTo("cifar10: 10 training and 3 test examples, 3x32x32, 10 classes");
        assertThat(set.train().label(0)).isEqualTo(1);
        assertThat(set.train().label(9)).isEqualTo(6);
        assertThat(set.test().label(2)).isEqualTo(9);
        float[] pixels = new float[3072];
        set.train().copyTo(9, pixels, 0);
        assertThat(pixels[0]).isEqualTo(10f / 255, within(1e-7f));
        assertThat(pixels[1024]).isEqualTo(20f / 255, within(1e-7f));
        assertThat(pixels[2048]).isEqualTo(200f / 255, within(1e-7f));
        assertThat(pixels[3071]).isZero();
    }

    @Test
    void unpackedArchiveIsRead() throws IOException {
        Path inside = Files.createDirectory(folder.resolve("cifar-10-batches-bin"));
        for (int file = 1; file <= 5; file++) {
            Files.move(folder.resolve("data_batch_" + file + ".bin"), inside.resolve("data_batch_" + file + ".bin"));
        }
        Files.move(folder.resolve("test_batch.bin"), inside.resolve("test_batch.bin"));
        assertThat(Cifar10.read(folder).train().size()).isEqualTo(10);
    }

    @Test
    void missingFileIsNamed() throws IOException {
        Files.delete(folder.resolve("data_batch_3.bin"));
        assertFault("data_batch_3.bin", "expected a file");
    }

    @Test
    void truncatedFileIsNamed() throws IOException {
        Files.write(folder.resolve("test_batch.bin"), new byte[RECORD + 5]);
        assertFault("test_batch.bin", "multiple of 3073 bytes", "found 3078");
    }

    @Test
    void labelOutOfRangeIsNamed() throws IOException {
        Files.write(folder.resolve("test_batch.bin"), records(1, 10));
        assertFault("from 0 to 9", "found 10", "test_batch.bin");
    }

    private void assertFault(String... parts) {
        assertThatThrownBy(() -> Cifar10.read(folder))
                .isInstanceOf(DataFileException.class)
                .hasMessageContainingAll(parts);
    }
}
