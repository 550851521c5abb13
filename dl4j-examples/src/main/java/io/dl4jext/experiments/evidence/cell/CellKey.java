package io.dl4jext.experiments.evidence.cell;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a result is known again by: the cell's arguments and the names and sizes of its data files, and with them the versions of this
 * program and of DL4J. SHA-256, in hexadecimal digits. Immutable.
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
        List<String> parts = new ArrayList<>(cell.arguments());
        for (DataSet set : cell.data()) {
            parts.add(set.name());
            data.files(set).forEach((file, size) -> parts.add(file + " " + size));
        }
        String setting = digest(parts);
        versions.forEach((name, version) -> parts.add(name + " " + version));
        return new CellKey(setting, digest(parts));
    }

    /** Each part with its length before it, so that no two lists are alike. */
    private static String digest(List<String> parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String part : parts) {
                byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
                digest.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
                digest.update(bytes);
            }
            StringBuilder hex = new StringBuilder();
            for (byte one : digest.digest()) {
                hex.append(String.format("%02x", one));
            }
            return hex.toString();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
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
