import java.io.FileInputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.logging.LogManager;

import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/** What veraPDF holds against each file: one line a finding, file, flavour and rule; none when all is well. */
class Validate {
    private static final String[] FLAVOURS = {"3a", "ua1"};

    public static void main(String[] paths) throws Exception {
        PrintStream said = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        LogManager.getLogManager().reset();
        VeraGreenfieldFoundryProvider.initialise();
        for (String path : paths) {
            for (String name : FLAVOURS) {
                PDFAFlavour flavour = PDFAFlavour.byFlavourId(name);
                try (PDFAParser parser = Foundries.defaultInstance().createParser(new FileInputStream(path), flavour);
                        PDFAValidator validator = Foundries.defaultInstance().createValidator(flavour, false)) {
                    ValidationResult result = validator.validate(parser);
                    Set<String> findings = new LinkedHashSet<>();
                    for (TestAssertion found : result.getTestAssertions()) {
                        findings.add(found.getRuleId().getClause() + "-" + found.getRuleId().getTestNumber()
                            + ": " + found.getErrorMessage());
                    }
                    if (!result.isCompliant() && findings.isEmpty()) {
                        findings.add("not compliant");
                    }
                    for (String finding : findings) {
                        said.println(path + "\t" + name + "\t" + finding.replaceAll("\\s+", " "));
                    }
                }
            }
            said.println(path + "\tlooked at");
        }
    }
}
