package io.dl4jext.experiments.evidence.cell;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a result is known again by: the cell's arguments and the names and sizes of the data files that it reads, packed
 * or not, and with them the versions of this program and of DL4J. SHA-256, in hexadecimal digits. Immutable.
 */
final class CellKey {

    private static final int IN_NAMES = 12;

    private final String setting;
    private final String whole;

    private CellKey(String setting, String whole) {
        this.setting = setting;
        this.whole = whole;
    }

    static CellKey of(Cell cell, DataFolder data, Map<String, String> versions) {
        List<String> parts = new ArrayList<>();
        cell.arguments()
                .forEach(argument -> parts.add(isData(cell, argument) ? PackedFile.nameUnpacked(argument) : argument));
        for (DataSet set : cell.data()) {
            parts.add(set.name());
            data.read(cell, set).forEach((file, size) -> parts.add(file + " " + size));
        }
        String setting = digest(parts);
        versions.forEach((name, version) -> parts.add(name + " " + version));
        return new CellKey(setting, digest(parts));
    }

    private static boolean isData(Cell cell, String argument) {
        return cell.data().stream().anyMatch(set -> argument.startsWith(set.placeholder()));
    }

    private static String digest(List<String> parts) {
        Digest digest = new Digest();
        parts.forEach(digest::add);
        return digest.hex();
    }

    /** That of arguments and data alone. */
    String setting() {
        return setting;
    }

    /** That of everything. */
    String whole() {
        return whole;
    }

    /** Enough of it for a folder's name. */
    String inNames() {
        return whole.substring(0, IN_NAMES);
    }
}
