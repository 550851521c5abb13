package io.dl4jext.experiments.data;

import java.io.CharConversionException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.datavec.api.records.reader.SequenceRecordReader;
import org.datavec.api.records.reader.impl.collection.CollectionSequenceRecordReader;
import org.datavec.api.writable.IntWritable;
import org.datavec.api.writable.Writable;
import org.deeplearning4j.datasets.datavec.SequenceRecordReaderDataSetIterator;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.shade.jackson.core.JsonFactory;
import org.nd4j.shade.jackson.core.JsonLocation;
import org.nd4j.shade.jackson.core.JsonParser;
import org.nd4j.shade.jackson.core.JsonProcessingException;
import org.nd4j.shade.jackson.core.JsonToken;

/**
 * Pieces of music as chords over the 88 keys of a piano, read from JSON, plain or with {@code .gz}:
 *
 * <pre>{"train": [piece, ...], "valid": [...], "test": [...]}</pre>
 *
 * where a piece is a list of time steps and a time step the list of the MIDI pitches (21 to 108) that sound, empty for
 * silence. Only the training pieces are kept; the others are checked. Immutable.
 *
 * <p>A piece becomes a batch of its own for predicting the next chord: features are its steps but the last, labels its
 * steps but the first, each 1 × 88 × (steps − 1), 1 where a key sounds.
 */
public final class PianoRolls {

    /** The keys of a piano. */
    public static final int KEYS = 88;

    private static final int LOWEST_PITCH = 21;
    private static final int HIGHEST_PITCH = LOWEST_PITCH + KEYS - 1;
    private static final String TRAIN = "train";

    /** What a byte of the file takes in memory at most: a silent step has three, and is an array in a list. */
    private static final int OBJECT_BYTES = 16;

    /** Jackson gives up where too many names are alike. */
    private static final int MOST_PARTS = 100;

    private static final int PITCH_DIGITS = 3;
    private static final Writable SILENT = new IntWritable(0);
    private static final Writable SOUNDS = new IntWritable(1);

    private final String name;
    private final List<int[][]> pieces;

    private PianoRolls(String name, List<int[][]> pieces) {
        this.name = name;
        this.pieces = pieces;
    }

    /**
     * Reads a file.
     *
     * @throws DataFileException when the file is missing, is no such JSON (with line and column), has a pitch that no
     *     piano has, a piece of less than two steps, or no training piece
     */
    public static PianoRolls read(Path path) throws IOException {
        String name = path.getFileName().toString().replaceFirst("\\.gz$", "").replaceFirst("\\.json$", "");
        try (DataFile file = DataFile.open(path)) {
            return new PianoRolls(name, train(file));
        }
    }

    private static List<int[][]> train(DataFile file) throws IOException {
        try (JsonParser json = new JsonFactory().createParser(file.stream(DataFile.room() / OBJECT_BYTES))) {
            return new Reader(file, json).train();
        } catch (CharConversionException e) {
            throw file.fault("expected JSON in UTF-8, found other bytes: " + e.getMessage());
        }
    }

    public String name() {
        return name;
    }

    /** How many training pieces there are. */
    public int size() {
        return pieces.size();
    }

    /** The first {@code count} pieces. */
    public PianoRolls first(int count) {
        if (count < 1 || count > pieces.size()) {
            throw new IllegalArgumentException("expected 1 to " + pieces.size() + " pieces, got " + count);
        }
        return new PianoRolls(name, pieces.subList(0, count));
    }

    /** Every piece once an epoch, a batch each, in the file's order. */
    public BatchIterator inOrder() {
        int[] order = IntStream.range(0, size()).toArray();
        return batches(epoch -> order);
    }

    /**
     * Every piece once an epoch, a batch each, in another random order each time; the orders depend on the seed alone.
     */
    public BatchIterator shuffled(long seed) {
        int size = size();
        return batches(epoch -> order(size, seed, epoch));
    }

    private static int[] order(int size, long seed, int epoch) {
        SplittableRandom random = new SplittableRandom(seed);
        int[] order = Shuffle.permutation(size, random);
        for (int i = 0; i < epoch; i++) {
            order = Shuffle.permutation(size, random);
        }
        return order;
    }

    private BatchIterator batches(BatchIterator.Order orders) {
        ArrayList<int[][]> copy = new ArrayList<>(pieces);
        return new BatchIterator(chosen -> batch(copy.get(chosen[0])), KEYS, KEYS, 1, orders);
    }

    private static DataSet batch(int[][] steps) {
        return new SequenceRecordReaderDataSetIterator(
                        chords(Arrays.copyOf(steps, steps.length - 1)),
                        chords(Arrays.copyOfRange(steps, 1, steps.length)),
                        1,
                        -1,
                        true)
                .next();
    }

    private static SequenceRecordReader chords(int[][] steps) {
        List<List<Writable>> sequence = new ArrayList<>();
        for (int[] step : steps) {
            List<Writable> keys = new ArrayList<>(Collections.nCopies(KEYS, SILENT));
            Arrays.stream(step).forEach(pitch -> keys.set(pitch - LOWEST_PITCH, SOUNDS));
            sequence.add(keys);
        }
        return new CollectionSequenceRecordReader(List.of(sequence));
    }

    @Override
    public String toString() {
        int steps = pieces.stream().mapToInt(piece -> piece.length).sum();
        return name + ": " + pieces.size() + " training pieces, " + steps + " time steps, " + KEYS + " keys";
    }

    /** Goes through the file once. */
    private static final class Reader {

        private final DataFile file;
        private final JsonParser json;

        Reader(DataFile file, JsonParser json) {
            this.file = file;
            this.json = json;
        }

        List<int[][]> train() throws IOException {
            try {
                List<int[][]> train = List.of();
                int parts = 0;
                expect(json.nextToken(), JsonToken.START_OBJECT, "an object with the member \"" + TRAIN + "\"");
                while (json.nextToken() == JsonToken.FIELD_NAME) {
                    String part = json.getCurrentName();
                    if (++parts > MOST_PARTS) {
                        throw unexpected("at most " + MOST_PARTS + " lists of pieces");
                    }
                    json.nextToken();
                    List<int[][]> read = pieces(part);
                    if (part.equals(TRAIN)) {
                        train = read;
                    }
                }
                expect(json.nextToken(), null, "the end after the last brace");
                if (train.isEmpty()) {
                    throw file.fault("expected at least one piece in \"" + TRAIN + "\", found none");
                }
                return train;
            } catch (JsonProcessingException e) {
                throw file.fault(
                        "expected JSON, found a fault in " + place(e.getLocation()) + ": " + e.getOriginalMessage());
            }
        }

        private List<int[][]> pieces(String part) throws IOException {
            String quoted = DataFile.quoted(part, '"');
            expect(json.currentToken(), JsonToken.START_ARRAY, "the list of pieces " + quoted);
            List<int[][]> pieces = new ArrayList<>();
            while (json.nextToken() != JsonToken.END_ARRAY) {
                String piece = "piece " + pieces.size() + " of " + quoted;
                expect(json.currentToken(), JsonToken.START_ARRAY, piece);
                JsonLocation start = json.getTokenLocation();
                List<int[]> steps = new ArrayList<>();
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    steps.add(chord(piece));
                }
                if (steps.size() < 2) {
                    throw file.fault("expected at least two time steps in " + piece + " (" + place(start) + "), found "
                            + steps.size());
                }
                pieces.add(steps.toArray(new int[0][]));
            }
            return pieces;
        }

        private int[] chord(String piece) throws IOException {
            expect(json.currentToken(), JsonToken.START_ARRAY, "the pitches of a time step, in " + piece);
            IntStream.Builder pitches = IntStream.builder();
            while (json.nextToken() != JsonToken.END_ARRAY) {
                String expected = "a MIDI pitch from " + LOWEST_PITCH + " to " + HIGHEST_PITCH + ", in " + piece;
                expect(json.currentToken(), JsonToken.VALUE_NUMBER_INT, expected);
                int pitch = json.getTextLength() > PITCH_DIGITS ? -1 : json.getIntValue();
                if (pitch < LOWEST_PITCH || pitch > HIGHEST_PITCH) {
                    throw unexpected(expected);
                }
                pitches.add(pitch);
            }
            return pitches.build().toArray();
        }

        private void expect(JsonToken got, JsonToken wanted, String what) throws IOException {
            if (got != wanted) {
                throw unexpected(what);
            }
        }

        private DataFileException unexpected(String expected) throws IOException {
            return file.fault("expected " + expected + ", in " + place(json.getTokenLocation()) + ", found "
                    + (json.currentToken() == null ? "the end" : DataFile.quoted(json.getText())));
        }

        private static String place(JsonLocation location) {
            return "line " + location.getLineNr() + ", column " + location.getColumnNr();
        }
    }
}
