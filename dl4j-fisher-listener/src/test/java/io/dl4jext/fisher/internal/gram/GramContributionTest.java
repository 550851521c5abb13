package io.dl4jext.fisher.internal.gram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.dl4jext.fisher.Tolerances;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Each contribution against per-sample gradients written out in plain loops, over random shapes; both paths where there
 * are two.
 */
class GramContributionTest {

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 24);
    }

    @Test
    void rowsOfOneSampleAreAddedUp() {
        for (int rowsPerSample : new int[] {1, 2, 5}) {
            int samples = 3;
            double[][] rows = numbers(new Random(1), samples * rowsPerSample, 7);
            double[][] perSample = new double[samples][7];
            for (int r = 0; r < rows.length; r++) {
                add(perSample[r % samples], rows[r]);
            }
            GramMatrix gram = gram(samples);
            gram.addRows(Nd4j.create(rows));
            assertGram(gram, perSample, DataType.DOUBLE, "rows per sample " + rowsPerSample);
        }
    }

    @Test
    void longRowsAreTakenInPieces() {
        // More than WORKING_BYTES in double precision, and more samples than one block.
        int samples = 130;
        int columns = (int) (GramMatrix.WORKING_BYTES / 8 / samples) + 5000;
        INDArray rows = Nd4j.create(DataType.FLOAT, samples, columns);
        Random random = new Random(2);
        for (int i = 0; i < samples; i++) {
            for (int j = 0; j < 40; j++) {
                rows.putScalar(i, random.nextInt(columns), random.nextGaussian());
            }
        }
        rows.getColumn(columns - 1).assign(0.5);
        rows.getColumn(0).assign(0.25);
        GramMatrix gram = gram(samples);
        gram.addRows(rows);
        INDArray wide = rows.castTo(DataType.DOUBLE);
        INDArray expected = wide.mmul(wide.transpose());
        assertThat(gram.matrix().sub(expected).norm2Number().doubleValue())
                .isLessThan(1e-12 * expected.norm2Number().doubleValue());
    }

    @Test
    void matrixStartsAtZeroForEachMiniBatch() {
        GramMatrix gram = gram(4);
        for (int samples : new int[] {4, 2, 5}) {
            gram.reset(samples);
            assertThat(gram.matrix().shape()).containsExactly(samples, samples);
            assertThat(gram.matrix().norm2Number().doubleValue()).isZero();
            double[][] rows = numbers(new Random(samples), samples, 3);
            gram.addRows(Nd4j.create(rows));
            assertGram(gram, rows, DataType.DOUBLE, "B " + samples);
        }
    }

    @Test
    void refusesRowsThatDoNotFit() {
        assertThatThrownBy(() -> gram(4).addRows(Nd4j.create(DataType.DOUBLE, 6, 2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("4", "6");
        assertThatThrownBy(() -> new GramMatrix().reset(0)).isInstanceOf(IllegalArgumentException.class);
    }

    /** One row a sample, so many samples that the products are taken some columns at a time. */
    @Test
    void outerProductsOfManySamples() {
        int samples = (int) Math.sqrt(GramMatrix.WORKING_BYTES / 8.0) + 10;
        Random random = new Random(4);
        INDArray z = Nd4j.create(numbers(random, samples, 2));
        INDArray d = Nd4j.create(numbers(random, samples, 1));
        GramMatrix gram = gram(samples);
        OuterProductContribution.add(gram, z, d, true);
        INDArray expected = z.mmul(z.transpose()).addi(1).muli(d.mmul(d.transpose()));
        assertThat(gram.matrix().distance2(expected))
                .isLessThan(1e-12 * expected.norm2Number().doubleValue());
        assertThat(gram.workingBytes()).isLessThan(8L * samples * samples + 2 * GramMatrix.WORKING_BYTES + (1 << 20));
    }

    /**
     * On both sides of the size up to which Java does it all; dense in either order, and views that begin inside a
     * buffer.
     */
    @ParameterizedTest
    @CsvSource({"448, true", "449, false"})
    void outerProductsInJavaAndByOperations(int n, boolean small) {
        int samples = 17;
        int m = 5;
        GramMatrix gram = gram(samples);
        assertThat(gram.isSmall(n + m)).isEqualTo(small);
        Random random = new Random(n);
        INDArray z = Nd4j.create(numbers(random, samples, n));
        INDArray d = Nd4j.create(numbers(random, samples, m));
        for (boolean bias : new boolean[] {true, false}) {
            INDArray expected = z.mmul(z.transpose()).addi(bias ? 1 : 0).muli(d.mmul(d.transpose()));
            for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
                INDArray inside =
                        Nd4j.hstack(d, d).castTo(type).get(NDArrayIndex.all(), NDArrayIndex.interval(m, 2 * m));
                for (INDArray deltas :
                        new INDArray[] {d.castTo(type), d.castTo(type).dup('f'), inside}) {
                    gram.reset(samples);
                    OuterProductContribution.add(gram, z.castTo(type), deltas, bias);
                    OuterProductContribution.add(gram, z.castTo(type).dup('f'), deltas, bias);
                    assertThat(gram.matrix().muli(0.5).distance2(expected))
                            .as("%s, bias %s, strides %s", type, bias, Arrays.toString(deltas.stride()))
                            .isLessThan(1e-13 * expected.norm2Number().doubleValue());
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"46341, 1000000, 0", "100000, 1000000, 0", "20000, 2048, 0", "20000, 8192, 6000"})
    void miniBatchesBeyondMemoryAreRefused(int samples, long heapMegabytes, long nativeMegabytes) {
        assertThatThrownBy(() -> GramMatrix.requireRoom(samples, heapMegabytes << 20, nativeMegabytes << 20))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(samples + " samples")
                .hasMessageContaining((8L * samples * samples >> 20) + " MiB of heap");
    }

    @Test
    void miniBatchesWithinMemoryAreNotRefused() {
        GramMatrix.requireRoom(20_000, 4L << 30, 0);
        GramMatrix.requireRoom(20_000, 8L << 30, 8L << 30);
        GramMatrix.requireRoom(46_340, 64L << 30, 64L << 30);
        GramMatrix gram = new GramMatrix();
        assertThatThrownBy(() -> gram.reset(46_341)).hasMessageContaining("46341 samples");
        assertThat(gram.workingBytes()).isZero();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void outerProducts(long seed) {
        Random random = new Random(seed);
        int samples = 1 + random.nextInt(6);
        int steps = random.nextInt(3) == 0 ? 1 : 1 + random.nextInt(5);
        int n = 1 + random.nextInt(8);
        int m = 1 + random.nextInt(8);
        boolean bias = random.nextBoolean();
        double[][] z = numbers(random, samples * steps, n);
        double[][] d = numbers(random, samples * steps, m);
        double[][] gradients = new double[samples][n * m + m];
        for (int r = 0; r < z.length; r++) {
            double[] g = gradients[r % samples];
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < m; j++) {
                    g[i * m + j] += z[r][i] * d[r][j];
                }
            }
            for (int j = 0; j < m && bias; j++) {
                g[n * m + j] += d[r][j];
            }
        }
        for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
            for (char order : new char[] {'c', 'f'}) {
                INDArray inputs = Nd4j.create(z).castTo(type).dup(order);
                INDArray deltas = Nd4j.create(d).castTo(type).dup(order);
                String where = "seed " + seed + ", " + type + ", order " + order;
                GramMatrix chosen = gram(samples);
                OuterProductContribution.add(chosen, inputs, deltas, bias);
                assertGram(chosen, gradients, type, where);
                GramMatrix pairs = gram(samples);
                OuterProductContribution.addPairs(pairs, inputs, deltas, bias);
                assertGram(pairs, gradients, type, where + ", pairs");
                GramMatrix formed = gram(samples);
                OuterProductContribution.addFormed(formed, inputs, deltas, bias);
                assertGram(formed, gradients, type, where + ", formed");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void convolutions(long seed) {
        Random random = new Random(seed);
        Geometry g = new Geometry(random);
        int samples = 1 + random.nextInt(4);
        int rows = samples * (random.nextInt(3) == 0 ? 2 : 1);
        int d = 1 + random.nextInt(4);
        boolean bias = random.nextBoolean();
        double[][] x = numbers(random, rows, g.channels * g.height * g.width);
        double[][] delta = numbers(random, rows, d * g.outHeight * g.outWidth);
        int k = g.channels * g.kernel[0] * g.kernel[1];
        int positions = g.outHeight * g.outWidth;
        double[][] gradients = new double[samples][d * k + d];
        for (int r = 0; r < rows; r++) {
            double[][] patches = g.unfold(x[r]);
            for (int o = 0; o < d; o++) {
                for (int t = 0; t < positions; t++) {
                    double value = delta[r][o * positions + t];
                    for (int q = 0; q < k; q++) {
                        gradients[r % samples][o * k + q] += value * patches[q][t];
                    }
                    if (bias) {
                        gradients[r % samples][d * k + o] += value;
                    }
                }
            }
        }
        for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
            INDArray images = Nd4j.create(x).castTo(type).reshape(rows, g.channels, g.height, g.width);
            INDArray deltas = Nd4j.create(delta).castTo(type).reshape(rows, d, g.outHeight, g.outWidth);
            for (PatchUnfolder unfolder :
                    new PatchUnfolder[] {new HostPatchUnfolder(), new PatchUnfolder.OperationsPatchUnfolder()}) {
                String where = "seed " + seed + ", " + type + ", "
                        + unfolder.getClass().getSimpleName() + ", " + g;
                ConvolutionContribution contribution = new ConvolutionContribution(unfolder);
                GramMatrix chosen = gram(samples);
                contribution.add(chosen, images, deltas, g.geometry(), bias);
                assertGram(chosen, gradients, type, where);
                GramMatrix formed = gram(samples);
                contribution.addFormed(formed, images, deltas, g.geometry(), bias);
                assertGram(formed, gradients, type, where + ", formed");
                GramMatrix pairs = gram(samples);
                contribution.addPairs(pairs, images, deltas, g.geometry(), bias);
                assertGram(pairs, gradients, type, where + ", pairs");
                GradientNorms norms = new GradientNorms(samples);
                contribution.addPairs(norms, images, deltas, g.geometry(), bias);
                assertNorms(norms, gradients, type, where + ", norms");
            }
            GramMatrix channelsLast = gram(samples);
            new ConvolutionContribution()
                    .add(
                            channelsLast,
                            images.permute(0, 2, 3, 1).dup('c').permute(0, 3, 1, 2),
                            deltas.permute(0, 2, 3, 1).dup('c').permute(0, 3, 1, 2),
                            g.geometry(),
                            bias);
            assertGram(channelsLast, gradients, type, "channels last, seed " + seed + ", " + type);
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void patches(long seed) {
        Random random = new Random(seed);
        Geometry g = new Geometry(random);
        int images = 5;
        double[][] x = numbers(random, images, g.channels * g.height * g.width);
        int k = g.channels * g.kernel[0] * g.kernel[1];
        for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
            INDArray array = Nd4j.create(x).castTo(type).reshape(images, g.channels, g.height, g.width);
            for (PatchUnfolder unfolder :
                    new PatchUnfolder[] {new HostPatchUnfolder(), new PatchUnfolder.OperationsPatchUnfolder()}) {
                for (int[] range : new int[][] {{0, 5}, {0, 2}, {2, 2}, {4, 1}, {1, 3}}) {
                    INDArray patches =
                            Nd4j.valueArrayOf(new long[] {range[1], k, g.outHeight * g.outWidth}, 99.0, type);
                    unfolder.unfold(array, range[0], g.outHeight, g.outWidth, g.geometry(), patches);
                    for (int r = 0; r < range[1]; r++) {
                        double[][] expected = g.unfold(array.get(NDArrayIndex.point(range[0] + r))
                                .dup('c')
                                .reshape(g.channels * g.height * g.width)
                                .toDoubleVector());
                        for (int q = 0; q < k; q++) {
                            for (int t = 0; t < g.outHeight * g.outWidth; t++) {
                                assertThat(patches.getDouble(r, q, t))
                                        .as("seed %d, %s, image %d, row %d, position %d, %s", seed, type, r, q, t, g)
                                        .isEqualTo(expected[q][t]);
                            }
                        }
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void embeddings(long seed) {
        Random random = new Random(seed);
        int samples = 1 + random.nextInt(6);
        int steps = random.nextInt(3) == 0 ? 1 : 1 + random.nextInt(5);
        int words = 1 + random.nextInt(5);
        int m = 1 + random.nextInt(8);
        boolean bias = random.nextBoolean();
        double[][] d = numbers(random, samples * steps, m);
        double[] indices = new double[d.length];
        double[][] gradients = new double[samples][(words + 1) * m];
        for (int r = 0; r < d.length; r++) {
            int word = random.nextInt(words);
            // DL4J cuts fractions off.
            indices[r] = word + random.nextInt(2) * 0.5;
            for (int j = 0; j < m; j++) {
                gradients[r % samples][word * m + j] += d[r][j];
                gradients[r % samples][words * m + j] += bias ? d[r][j] : 0;
            }
        }
        for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
            INDArray rows = Nd4j.create(d).castTo(type);
            INDArray series =
                    rows.reshape('c', steps, samples, m).permute(1, 2, 0).dup('c');
            INDArray index = Nd4j.create(indices).castTo(type);
            for (boolean host : new boolean[] {true, false}) {
                String where = "seed " + seed + ", " + type + ", host " + host;
                GramMatrix gram = gram(samples);
                new EmbeddingContribution(host).add(gram, index.reshape(index.length(), 1), rows, bias);
                assertGram(gram, gradients, type, where);
                GramMatrix bySeries = gram(samples);
                // A view with gaps, as of a larger array.
                INDArray wide = Nd4j.valueArrayOf(new long[] {samples, m + 1, steps}, 99.0, type);
                INDArray gaps = wide.get(NDArrayIndex.all(), NDArrayIndex.interval(0, m), NDArrayIndex.all());
                gaps.assign(series);
                GramMatrix byView = gram(samples);
                new EmbeddingContribution(host).add(byView, index, gaps.permute(2, 0, 1), bias);
                assertGram(byView, gradients, type, where + ", view");
                INDArray indexSeries =
                        index.reshape('c', steps, samples).permute(1, 0).dup('c');
                new EmbeddingContribution(host).add(bySeries, indexSeries.permute(1, 0), series.permute(2, 0, 1), bias);
                assertGram(bySeries, gradients, type, where + ", series");
                GramMatrix whole = gram(samples);
                new EmbeddingContribution(host).add(whole, index.castTo(DataType.INT), rows, bias);
                assertGram(whole, gradients, type, where + ", INT");
            }
        }
    }

    /** Parts of unequal length, of which each has all its words, some of them or none in common with the other. */
    @Test
    void embeddingsOfABatchInParts() {
        int m = 3;
        int[][] words = {{0, 1, 1, 2, 0, 3}, {1, 1, 4, 2, 5, 5, 0, 6, 7}};
        int steps = 3;
        double[][] d = numbers(new Random(7), 15, m);
        for (boolean host : new boolean[] {true, false}) {
            for (boolean bias : new boolean[] {true, false}) {
                double[][] gradients = new double[5][9 * m];
                GramMatrix gram = new GramMatrix();
                int from = 0;
                for (int[] part : words) {
                    int samples = part.length / steps;
                    for (int r = 0; r < part.length; r++) {
                        double[] gradient = gradients[from / steps + r % samples];
                        for (int j = 0; j < m; j++) {
                            gradient[part[r] * m + j] += d[from + r][j];
                            gradient[8 * m + j] += bias ? d[from + r][j] : 0;
                        }
                    }
                    gram.resetPart(samples, from == 0, from + part.length == d.length, 1 << 20);
                    INDArray deltas = Nd4j.create(Arrays.copyOfRange(d, from, from + part.length));
                    new EmbeddingContribution(host).add(gram, Nd4j.createFromArray(part), deltas, bias);
                    gram.endPart();
                    from += part.length;
                }
                assertThat(gram.missingOfParts()).isNull();
                INDArray g = Nd4j.create(gradients);
                double[] expected = g.mmul(g.transpose()).dup('f').data().asDouble();
                assertThat(gram.valuesOfParts())
                        .as("host %s, bias %s", host, bias)
                        .containsExactly(expected, within(1e-12));
            }
        }
    }

    @Test
    void embeddingsRefuseIndicesThatDoNotFit() {
        assertThatThrownBy(() -> new EmbeddingContribution()
                        .add(gram(4), Nd4j.create(DataType.DOUBLE, 3), Nd4j.create(DataType.DOUBLE, 4, 2), true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("3", "4");
    }

    @Test
    void patchesOfManyPlanesGoThroughASmallBuffer() {
        // 40 channels, 3 x 3: 360 planes of 32 x 32, several chunks.
        INDArray images =
                Nd4j.linspace(1, 1000, 2 * 40 * 32 * 32, DataType.FLOAT).reshape('c', 2, 40, 32, 32);
        int[] one = {1, 1};
        ConvolutionGeometry geometry = new ConvolutionGeometry(new int[] {3, 3}, one, one, one);
        INDArray expected = Nd4j.create(DataType.FLOAT, 2, 360, 1024);
        new PatchUnfolder.OperationsPatchUnfolder().unfold(images, 0, 32, 32, geometry, expected);
        HostPatchUnfolder unfolder = new HostPatchUnfolder();
        INDArray patches = Nd4j.valueArrayOf(new long[] {2, 360, 1024}, 99.0, DataType.FLOAT);
        unfolder.unfold(images, 0, 32, 32, geometry, patches);
        assertThat(patches).isEqualTo(expected);
        // For each worker an image and a chunk, not patches: those have nine times the image's elements.
        long workers = Math.min(2, Runtime.getRuntime().availableProcessors());
        assertThat(unfolder.heldElements()).isLessThanOrEqualTo(workers * (40 * 32 * 32 + (1 << 16)));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void batchNormalizations(long seed) {
        Random random = new Random(seed);
        int samples = 1 + random.nextInt(5);
        int rows = samples * (random.nextInt(3) == 0 ? 2 : 1);
        int channels = 1 + random.nextInt(4);
        int positions = random.nextBoolean() ? 1 : 1 + random.nextInt(9);
        double epsilon = random.nextBoolean() ? 1e-5 : 0.1;
        double[][] x = numbers(random, rows, channels * positions);
        double[][] delta = numbers(random, rows, channels * positions);
        double[][] gradients = new double[samples][2 * channels];
        for (int c = 0; c < channels; c++) {
            double offset = 3 * random.nextGaussian();
            double mean = 0;
            for (double[] row : x) {
                for (int p = 0; p < positions; p++) {
                    row[c * positions + p] = (float) (row[c * positions + p] + offset);
                    mean += row[c * positions + p] / rows / positions;
                }
            }
            double variance = 0;
            for (double[] row : x) {
                for (int p = 0; p < positions; p++) {
                    variance += Math.pow(row[c * positions + p] - mean, 2) / rows / positions;
                }
            }
            for (int r = 0; r < rows; r++) {
                for (int p = 0; p < positions; p++) {
                    int i = c * positions + p;
                    gradients[r % samples][c] += delta[r][i] * (x[r][i] - mean) / Math.sqrt(variance + epsilon);
                    gradients[r % samples][channels + c] += delta[r][i];
                }
            }
        }
        for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
            for (boolean host : new boolean[] {true, false}) {
                for (boolean image : new boolean[] {positions == 1, true}) {
                    long[] shape =
                            image ? new long[] {rows, channels, 1, positions} : new long[] {rows, channels * positions};
                    if (!image && positions > 1) {
                        continue;
                    }
                    GramMatrix gram = gram(samples);
                    new BatchNormalizationContribution(host)
                            .add(
                                    gram,
                                    Nd4j.create(x).castTo(type).reshape(shape),
                                    Nd4j.create(delta).castTo(type).reshape(shape),
                                    epsilon);
                    assertGram(gram, gradients, type, "seed " + seed + ", " + type + ", host " + host);
                }
            }
        }
    }

    private static GramMatrix gram(int samples) {
        GramMatrix gram = new GramMatrix();
        gram.reset(samples);
        return gram;
    }

    private static void assertGram(GramMatrix gram, double[][] gradients, DataType type, String where) {
        INDArray rows = Nd4j.create(gradients);
        INDArray expected = rows.mmul(rows.transpose());
        double error = gram.matrix().sub(expected).norm2Number().doubleValue();
        assertThat(error)
                .as("%s: expected\n%s\ngot\n%s", where, expected, gram.matrix())
                .isLessThanOrEqualTo(
                        Tolerances.gram(type) * expected.norm2Number().doubleValue());
    }

    private static void assertNorms(GradientNorms norms, double[][] gradients, DataType type, String where) {
        double[] expected = Arrays.stream(gradients)
                .mapToDouble(row -> Arrays.stream(row).map(x -> x * x).sum())
                .toArray();
        double largest = Arrays.stream(expected).max().orElseThrow();
        assertThat(norms.squares()).as(where).containsExactly(expected, within(Tolerances.gram(type) * largest));
    }

    private static void add(double[] to, double[] from) {
        for (int i = 0; i < to.length; i++) {
            to[i] += from[i];
        }
    }

    /** Numbers that are the same in float and in double. */
    private static double[][] numbers(Random random, int rows, int columns) {
        double[][] numbers = new double[rows][columns];
        for (double[] row : numbers) {
            for (int j = 0; j < columns; j++) {
                row[j] = (float) random.nextGaussian();
            }
        }
        return numbers;
    }

    /** A random convolution that has at least one output position. */
    private static final class Geometry {
        final int channels;
        final int height;
        final int width;
        final int[] kernel;
        final int[] stride;
        final int[] dilation;
        final int[] padding;
        final int outHeight;
        final int outWidth;

        Geometry(Random random) {
            channels = 1 + random.nextInt(3);
            kernel = new int[] {1 + random.nextInt(3), 1 + random.nextInt(3)};
            stride = new int[] {1 + random.nextInt(3), 1 + random.nextInt(3)};
            dilation = new int[] {1 + random.nextInt(2), 1 + random.nextInt(3)};
            padding = new int[] {random.nextInt(3), random.nextInt(4)};
            height = (kernel[0] - 1) * dilation[0] + 1 + random.nextInt(5);
            // Wide at times, so that runs are long.
            width = (kernel[1] - 1) * dilation[1] + 1 + random.nextInt(random.nextBoolean() ? 5 : 40);
            // As DL4J's Same mode, the windows may also hang over at the end.
            outHeight = Math.max(1, (height + 2 * padding[0] - (kernel[0] - 1) * dilation[0] - 1) / stride[0] + 1);
            outWidth = Math.max(1, (width + 2 * padding[1] - (kernel[1] - 1) * dilation[1] - 1) / stride[1] + 1);
        }

        ConvolutionGeometry geometry() {
            return new ConvolutionGeometry(kernel, stride, dilation, padding);
        }

        double[][] unfold(double[] image) {
            double[][] patches = new double[channels * kernel[0] * kernel[1]][outHeight * outWidth];
            for (int c = 0; c < channels; c++) {
                for (int a = 0; a < kernel[0]; a++) {
                    for (int b = 0; b < kernel[1]; b++) {
                        for (int y = 0; y < outHeight; y++) {
                            for (int x = 0; x < outWidth; x++) {
                                int inY = y * stride[0] + a * dilation[0] - padding[0];
                                int inX = x * stride[1] + b * dilation[1] - padding[1];
                                boolean inside = inY >= 0 && inY < height && inX >= 0 && inX < width;
                                patches[(c * kernel[0] + a) * kernel[1] + b][y * outWidth + x] =
                                        inside ? image[(c * height + inY) * width + inX] : 0;
                            }
                        }
                    }
                }
            }
            return patches;
        }

        @Override
        public String toString() {
            return "channels " + channels + ", image " + height + "x" + width + ", kernel " + Arrays.toString(kernel)
                    + ", stride " + Arrays.toString(stride) + ", dilation " + Arrays.toString(dilation)
                    + ", padding " + Arrays.toString(padding);
        }
    }
}
