package io.dl4jext.experiments.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

class PianoRollsTest {

    private static final String TWO_PIECES =
            "{\"test\": [], \"train\": [[[21, 108], [], [60]], [[22], [23]]], \"more\": []}";

    @TempDir
    Path folder;

    @Test
    void theNextChordIsTheLabel() throws IOException {
        PianoRolls music = read(TWO_PIECES);
        assertThat(music.toString()).isEqualTo("music: 2 training pieces, 5 time steps, 88 keys");
        DataSet piece = music.inOrder().next();
        INDArray features = piece.getFeatures();
        INDArray labels = piece.getLabels();
        assertThat(features.shape()).containsExactly(1, 88, 2);
        assertThat(labels.shape()).containsExactly(1, 88, 2);
        assertThat(features.sumNumber().intValue()).isEqualTo(2);
        assertThat(features.getInt(0, 0, 0)).isEqualTo(1);
        assertThat(features.getInt(0, 87, 0)).isEqualTo(1);
        assertThat(labels.sumNumber().intValue()).isEqualTo(1);
        assertThat(labels.getInt(0, 39, 1)).isEqualTo(1);
    }

    @Test
    void gzipped() throws IOException {
        Path file = folder.resolve("bach.json.gz");
        Files.write(file, IdxWriter.gzip(TWO_PIECES.getBytes(StandardCharsets.UTF_8)));
        assertThat(PianoRolls.read(file).name()).isEqualTo("bach");
    }

    @Test
    void everyPieceOnceInAnotherOrderEachTime() throws IOException {
        StringBuilder text = new StringBuilder("{\"train\": [");
        for (int i = 0; i < 30; i++) {
            text.append(i == 0 ? "" : ", ").append("[[").append(21 + i).append("], []]");
        }
        PianoRolls music = read(text + "]}");
        BatchIterator epochs = music.shuffled(7);
        List<Integer> first = keys(epochs);
        List<Integer> second = keys(epochs);
        assertThat(first).containsExactlyInAnyOrderElementsOf(keys(music.inOrder()));
        assertThat(second).containsExactlyInAnyOrderElementsOf(first).isNotEqualTo(first);
        BatchIterator again = music.shuffled(7);
        assertThat(keys(again)).isEqualTo(first);
        assertThat(keys(again)).isEqualTo(second);
        assertThat(keys(music.shuffled(8))).isNotEqualTo(first);
        assertThat(keys(music.first(3).inOrder())).containsExactly(0, 1, 2);
        assertThatThrownBy(() -> music.first(31)).hasMessageContaining("31");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[1] | expected an object with the member \"train\", in line 1, column 1, found '['",
                "`` | expected an object with the member \"train\", in line 1, column 0, found the end",
                "{} | expected at least one piece in \"train\", found none",
                "{\"train\": 5} | expected the list of pieces \"train\", in line 1, column 11, found '5'",
                "{\"train\": [[[60], [60]], 7]} | expected piece 1 of \"train\", in line 1, column 26, found '7'",
                "{\"train\": [[60, [60]]]} | expected the pitches of a time step, in piece 0 of \"train\", in line 1, column 13",
                "{\"train\": [[[60], [109]]]} | expected a MIDI pitch from 21 to 108, in piece 0 of \"train\", in line 1, column 20, found '109'",
                "{\"train\": [[[60], [20]]]} | found '20'",
                "{\"valid\": [[[60], [-1]]]} | in piece 0 of \"valid\", in line 1, column 20, found '-1'",
                "{\"train\": [[[60], [60.5]]]} | found '60.5'",
                "{\"train\": [[[60], [\"C\"]]]} | found 'C'",
                "{\"train\": [[[60]]]} | expected at least two time steps in piece 0 of \"train\" (line 1, column 12), found 1",
                "{\"train\": [[[60], [60]} | expected JSON, found a fault in line 1, column 24",
                "{\"train\": [[[60], [60]] | expected JSON, found a fault in line 1, column 24",
                "no json | expected JSON, found a fault in line 1, column"
            })
    void faultsSayWhereTheyAre(String text, String message) throws IOException {
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(DataFileException.class)
                .hasMessageContaining("music.json: ")
                .hasMessageContaining(message);
    }

    @Test
    void linesAreCounted() throws IOException {
        assertThatThrownBy(() -> read("{\n  \"train\": [\n    [[60], [200]]\n]}"))
                .hasMessageContaining("line 3, column 13, found '200'");
    }

    @Test
    void missingFile() {
        assertThatThrownBy(() -> PianoRolls.read(folder.resolve("none.json")))
                .isInstanceOf(DataFileException.class)
                .hasMessageContaining("expected a file, found nothing there");
    }

    private PianoRolls read(String text) throws IOException {
        return PianoRolls.read(Files.writeString(folder.resolve("music.json"), text));
    }

    /** The key that sounds first in each piece. */
    private static List<Integer> keys(BatchIterator pieces) {
        List<Integer> keys = new ArrayList<>();
        for (pieces.reset(); pieces.hasNext(); ) {
            keys.add(pieces.next().getFeatures().argMax(1).getInt(0));
        }
        return keys;
    }
}
