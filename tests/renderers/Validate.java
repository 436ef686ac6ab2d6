import java.io.FileInputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.logging.LogManager;

import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/**
 * What veraPDF holds against PDF files: a line for each rule that a file breaks, its path, the
 * standard and the rule between tabs; and a line with its path alone when it was looked at.
 */
class Validate {
    private static final List<PDFAFlavour> STANDARDS =
            List.of(PDFAFlavour.PDFA_3_A, PDFAFlavour.PDFUA_1);

    public static void main(String[] paths) throws Exception {
        PrintStream said = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        LogManager.getLogManager().reset();
        VeraGreenfieldFoundryProvider.initialise();
        for (String path : paths) {
            for (PDFAFlavour standard : STANDARDS) {
                for (String broken : brokenRules(path, standard)) {
                    said.println(path + "\t" + standard.getId() + "\t" + broken);
                }
            }
            said.println(path);
        }
    }

    private static Set<String> brokenRules(String path, PDFAFlavour standard) throws Exception {
        try (PDFAParser parser =
                        Foundries.defaultInstance().createParser(new FileInputStream(path), standard);
                PDFAValidator validator =
                        Foundries.defaultInstance().createValidator(standard, false)) {
            ValidationResult result = validator.validate(parser);
            Set<String> broken = new LinkedHashSet<>();
            for (TestAssertion found : result.getTestAssertions()) {
                broken.add(
                        found.getRuleId().getClause()
                                + "-"
                                + found.getRuleId().getTestNumber()
                                + " "
                                + found.getMessage().replaceAll("\\s+", " "));
            }
            if (!result.isCompliant() && broken.isEmpty()) {
                broken.add("not compliant");
            }
            return broken;
        }
    }
}
