package io.dl4jext.experiments.evidence.chapter;

import io.dl4jext.experiments.evidence.cell.DataFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder with all data sets by name, whose files say nothing. */
final class MadeUpData {

    private MadeUpData() {}

    /** All of them, below a folder that is there. */
    static DataFolder in(Path folder) throws IOException {
        empty(
                folder.resolve("mnist"),
                "-ubyte",
                "train-images-idx3",
                "train-labels-idx1",
                "t10k-images-idx3",
                "t10k-labels-idx1");
        empty(
                folder.resolve("cifar10"),
                ".bin",
                "data_batch_1",
                "data_batch_2",
                "data_batch_3",
                "data_batch_4",
                "data_batch_5",
                "test_batch");
        empty(folder.resolve("jsb"), ".json.gz", "jsb-chorales");
        empty(folder.resolve("uci"), ".csv.gz", UciTables.TABLES.toArray(String[]::new));
        return DataFolder.at(folder);
    }

    private static void empty(Path folder, String extension, String... names) throws IOException {
        Files.createDirectories(folder);
        for (String name : names) {
            Files.createFile(folder.resolve(name + extension));
        }
    }
}
