using System.Text;
using DistRec.Models.Settings;

namespace DistRec.Cli.Tests;

/// <summary>The page of docs that lists every model's settings.</summary>
public sealed class SettingsPageTests
{
    [Fact]
    public void The_page_of_settings_is_what_the_models_say()
    {
        string made = Path.Combine(AppContext.BaseDirectory, "settings.md.made");
        File.WriteAllText(made, Page());

        File.ReadAllText(Path.Combine(ContainerFiles.Root, "docs/settings.md")).ShouldBe(Page(), $"copy {made} to docs/settings.md");
    }

    private static string Page()
    {
        StringBuilder page = new();
        page.Append(
            """
            # Settings of the models

            What `--model` takes, and the settings of each model: options of `train` and `submit`, keys of job files, and names among the `options` of
            `POST /v1/jobs`. This page is made from the models' own options; a test fails where it is not. What the symbols mean is in [models.md](models.md).

            """);
        foreach (ModelDefinition model in ModelCatalogue.All)
        {
            string also = model.Aliases.Count == 0 ? "" : $" (also typed as {string.Join(", ", model.Aliases.Select(alias => $"`{alias}`"))})";
            page.Append($"\n## {model.Name}\n\n{char.ToUpperInvariant(model.Summary[0])}{model.Summary[1..]}{also}; ");
            page.Append(string.Join("; ", model.Variants.DistinctBy(variant => (variant.Options.UsualEpochs, variant.Options.UsualPatience)).Select(EpochsOf)));
            page.Append(".\n\n| setting | default | may be | what it is |\n| --- | --- | --- | --- |\n");
            foreach (SettingDefinition setting in model.Settings.Where(setting => model.Has(setting.Name)))
            {
                (string label, ModelOptions options) = model.With(setting.Name)!.Value;
                string usual = setting.IsFlag ? "off" : setting.TextOf(options) + (label == model.Name ? "" : $" ({label})");
                string range = setting.Words.Count > 0 ? string.Join(", ", setting.Words) : setting.IsFlag ? "a flag" : setting.Range;
                page.Append($"| `--{setting.Name}` | {usual} | {range} | {setting.Help} |\n");
            }
        }

        return page.ToString();
    }

    private static string EpochsOf((string Label, ModelOptions Options) variant) =>
        $"`{variant.Label}` trains {variant.Options.UsualEpochs} epochs at most"
        + (variant.Options.UsualPatience > 0 ? $" and stops after {variant.Options.UsualPatience} without a better validation RMSE" : "");
}
