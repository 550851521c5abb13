package io.dl4jext.experiments.data;

import static io.dl4jext.experiments.data.IdxWriter.TEST_LABELS;
import static io.dl4jext.experiments.data.IdxWriter.TRAIN_IMAGES;
import static io.dl4jext.experiments.data.IdxWriter.TRAIN_LABELS;
import static io.dl4jext.experiments.data.IdxWriter.gzip;
import static io.dl4jext.experiments.data.IdxWriter.images;
import static io.dl4jext.experiments.data.IdxWriter.labels;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MnistTest {

    @TempDir
    Path folder;

    @BeforeEach
    void writeFiles() throws IOException {
        IdxWriter.writeSet(folder, 25, 7);
    }

    @Test
    void plainFilesAreRead() throws IOException {
        ImageSet set = Mnist.read(folder);

        assertThat(set.toString()).isEqualTo("mnist: 25 training and 7 test examples, 1x4x3, 10 classes");
        float[] pixels = new float[14];
        set.train().copyTo(5, pixels, 1);
        assertThat(pixels[0]).isZero();
        assertThat(pixels[1]).isEqualTo(5f / 255, within(1e-7f));
        assertThat(pixels[12]).isEqualTo(16f / 255, within(1e-7f));
        assertThat(pixels[13]).isZero();
        assertThat(set.train().label(23)).isEqualTo(3);
    }

    @Test
    void bytesAreUnsigned() throws IOException {
        byte[] bright = images(25, 4, 3);
        Arrays.fill(bright, 16, bright.length, (byte) 0xff);
        write(TRAIN_IMAGES, bright);
        float[] pixels = new float[12];
        Mnist.read(folder).train().copyTo(24, pixels, 0);
        assertThat(pixels).containsOnly(1f);
    }

    @Test
    void gzippedFilesAreRead() throws IOException {
        for (String name : new String[] {TRAIN_IMAGES, TRAIN_LABELS, IdxWriter.TEST_IMAGES, TEST_LABELS}) {
            Path plain = folder.resolve(name);
            write(name + ".gz", gzip(Files.readAllBytes(plain)));
            Files.delete(plain);
        }
        ImageSet set = Mnist.read(folder);
        assertThat(set.train().size()).isEqualTo(25);
        assertThat(set.test().label(6)).isEqualTo(6);
    }

    @Test
    void truncatedFileIsNamedWithExpectedAndFoundBytes() throws IOException {
        write(TRAIN_IMAGES, Arrays.copyOf(images(25, 4, 3), 200));
        assertFault(this::read, TRAIN_IMAGES, "truncated", "expected 316 bytes", "found 200");
    }

    @Test
    void truncatedHeaderIsNamed() throws IOException {
        write(TRAIN_LABELS, new byte[] {0, 0, 8});
        assertFault(this::read, TRAIN_LABELS, "truncated", "expected 4 bytes", "found 3");
    }

    @Test
    void emptyFileIsNamed() throws IOException {
        write(TRAIN_LABELS, new byte[0]);
        assertFault(this::read, TRAIN_LABELS, "expected 4 bytes", "found 0");
    }

    @Test
    void truncatedGzipIsNamed() throws IOException {
        byte[] noise = images(400, 20, 20);
        new Random(1).nextBytes(noise);
        System.arraycopy(images(400, 20, 20), 0, noise, 0, 16);
        Files.delete(folder.resolve(TRAIN_IMAGES));
        byte[] zipped = gzip(noise);
        write(TRAIN_IMAGES + ".gz", Arrays.copyOf(zipped, zipped.length / 2));
        assertFault(this::read, TRAIN_IMAGES + ".gz", "truncated", "expected 160016 bytes", "found ");
    }

    @Test
    void gzipThatIsNoneIsNamed() throws IOException {
        Files.delete(folder.resolve(TRAIN_IMAGES));
        write(TRAIN_IMAGES + ".gz", images(25, 4, 3));
        assertFault(this::read, TRAIN_IMAGES + ".gz", "expected a gzip file");
    }

    @Test
    void wrongMagicIsNamed() throws IOException {
        write(TRAIN_IMAGES, labels(25));
        assertFault(this::read, TRAIN_IMAGES, "0x00000803", "0x00000801");
    }

    @Test
    void longerFileIsNamed() throws IOException {
        write(TRAIN_LABELS, Arrays.copyOf(labels(25), 34));
        assertFault(this::read, TRAIN_LABELS, "expected 33 bytes", "found more");
    }

    @Test
    void otherNumberOfLabelsThanImagesIsNamed() throws IOException {
        write(TRAIN_LABELS, labels(24));
        assertFault(this::read, TRAIN_LABELS, "expected 25 labels", "found 24");
    }

    @Test
    void labelOutOfRangeIsNamed() throws IOException {
        byte[] bytes = labels(25);
        bytes[8 + 4] = 10;
        write(TRAIN_LABELS, bytes);
        assertFault(this::read, TRAIN_LABELS, "from 0 to 9", "found 10 at position 4");
    }

    @Test
    void absurdSizesInTheHeaderAreNamed() throws IOException {
        byte[] bytes = images(25, 4, 3);
        bytes[4] = (byte) 0xff;
        write(TRAIN_IMAGES, bytes);
        assertFault(this::read, TRAIN_IMAGES, "number of images", "in the header");
        bytes[4] = 0x7f;
        write(TRAIN_IMAGES, bytes);
        assertFault(this::read, TRAIN_IMAGES, "expected at most", "in the header");
    }

    @Test
    void missingFileAndFolderAreNamed() throws IOException {
        Files.delete(folder.resolve(TEST_LABELS));
        assertFault(this::read, TEST_LABELS, TEST_LABELS + ".gz", "neither");
        assertFault(() -> Mnist.read(folder.resolve("nowhere")), "nowhere", "expected a folder");
    }

    @Test
    void subsetIsInsideTheProgram() throws IOException {
        ImageSet set = Mnist.subset();
        assertThat(set.toString()).isEqualTo("mnist-subset: 6000 training and 1000 test examples, 1x28x28, 10 classes");
        assertThat(set.train().label(0)).isEqualTo(5); // MNIST begins 5, 0, 4; its test part 7, 2, 1
        assertThat(set.train().label(1)).isZero();
        assertThat(set.test().label(0)).isEqualTo(7);
    }

    private void read() throws IOException {
        Mnist.read(folder);
    }

    private void write(String name, byte[] bytes) throws IOException {
        Files.write(folder.resolve(name), bytes);
    }

    private static void assertFault(ThrowingCallable action, String... parts) {
        assertThatThrownBy(action)
                .isInstanceOf(DataFileException.class)
                .hasMessageContainingAll(parts)
                .hasMessageNotContaining("\n");
    }
}
