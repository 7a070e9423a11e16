namespace DistRec.Cli.Tests;

public sealed class HelpTests
{
    [Theory]
    [InlineData("")]
    [InlineData("--help")]
    public async Task The_program_alone_shows_its_verbs_and_examples(string arguments)
    {
        CommandResult result = await CommandLine.RunAsync(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        result.ExitCode.ShouldBe(0);
        foreach (string verb in new[] { "train", "evaluate", "predict", "recommend", "similar", "explain", "map", "bandit", "data", "inspect" })
        {
            result.Output.ShouldContain(verb);
        }

        result.Output.ShouldContain("Examples:");
        result.Output.ShouldNotContain("additional arguments");
    }

    [Theory]
    [InlineData("train")]
    [InlineData("evaluate")]
    [InlineData("cv")]
    [InlineData("compare")]
    [InlineData("tune")]
    [InlineData("reproduce")]
    [InlineData("predict")]
    [InlineData("recommend")]
    [InlineData("similar")]
    [InlineData("explain")]
    [InlineData("map")]
    [InlineData("data")]
    [InlineData("data info")]
    [InlineData("data generate")]
    [InlineData("data download")]
    [InlineData("submit")]
    [InlineData("jobs")]
    [InlineData("watch")]
    [InlineData("cancel")]
    [InlineData("cluster")]
    [InlineData("cluster status")]
    [InlineData("bandit")]
    [InlineData("bandit evaluate")]
    [InlineData("bandit simulate")]
    [InlineData("inspect")]
    [InlineData("serve")]
    [InlineData("keys")]
    [InlineData("keys create")]
    [InlineData("keys list")]
    [InlineData("keys revoke")]
    public async Task Every_verb_has_help_with_an_example(string verb)
    {
        CommandResult result = await CommandLine.RunAsync([.. verb.Split(' '), "--help"]);

        result.ExitCode.ShouldBe(0);
        result.Output.ShouldContain("Examples:");
        result.Output.ShouldContain($"  distrec {verb}");
    }

    [Fact]
    public async Task The_version_is_one_line()
    {
        CommandResult result = await CommandLine.RunAsync("--version");

        result.ExitCode.ShouldBe(0);
        result.Output.TrimEnd().ShouldStartWith("distrec ");
        result.Output.TrimEnd().ShouldNotContain("\n");
    }

    [Theory]
    [InlineData("trian", "found \"trian\"; did you mean train?")]
    [InlineData("--verison", "found \"--verison\"; did you mean --version?")]
    [InlineData("data inf", "found \"inf\"; did you mean info?")]
    [InlineData("data info x --treads 2", "--treads: expected an option of data info, found an unknown one; did you mean --threads?")]
    public async Task An_unknown_word_is_refused_with_the_nearest_one(string command, string expected)
    {
        CommandResult result = await CommandLine.RunAsync(command.Split(' '));

        result.ExitCode.ShouldBe(2);
        result.Mistakes[0].ShouldEndWith(expected);
    }

    [Fact]
    public async Task Defaults_in_help_are_those_of_the_model_that_is_named()
    {
        string mf = await HelpAsync("train", "--model", "mf", "--help");
        string implicitly = await HelpAsync("train", "--model", "ials", "--help");

        mf.ShouldContain($"--rank <N> Number of factors [{new Models.MatrixFactorization.MfOptions().Rank}]");
        mf.ShouldContain($"--learning-rate <X> Step of the first epoch [{new Models.MatrixFactorization.MfOptions().LearningRate}]");
        mf.ShouldNotContain("--burn-in");
        mf.ShouldNotContain("--implicit-file");
        implicitly.ShouldContain("--steps <N> Steps of conjugate gradients for a row [by cg 3]");
        implicitly.ShouldNotContain("--learning-rate <");
        implicitly.ShouldNotContain("--features");
    }

    [Theory]
    [InlineData("train")]
    [InlineData("submit")]
    [InlineData("retrain")]
    [InlineData("cv")]
    [InlineData("tune")]
    public async Task Many_options_stand_under_headings_and_settings_of_models_are_named_alone(string verb)
    {
        CommandResult result = await CommandLine.RunAsync(verb, "--help");

        foreach (string heading in new[] { "Data:", "Split:", "Model:", "Training:", "Output:", $"Settings of each model, which distrec {verb} --model MODEL --help explains:" })
        {
            result.Output.ShouldContain($"\n{heading}\n");
        }

        result.Output.ShouldMatch("\n  als +--rank ");
        result.Output.ShouldNotContain("Number of factors");
        result.Output[..result.Output.IndexOf("Examples:", StringComparison.Ordinal)].Split('\n').ShouldAllBe(line => line.Length <= 110);
    }

    [Fact]
    public async Task Help_of_a_model_has_all_that_the_model_takes_and_nothing_that_it_refuses()
    {
        foreach (Models.Settings.ModelDefinition model in Models.Settings.ModelCatalogue.All)
        {
            string help = await HelpAsync("train", "--model", model.Name, "--help");

            foreach (Models.Settings.SettingDefinition setting in Models.Settings.ModelCatalogue.All.SelectMany(one => one.Settings).Where(setting => setting.IsOption))
            {
                string name = setting.IsFlag ? $" --{setting.Name} " : $" --{setting.Name} <";
                help.Contains(name, StringComparison.Ordinal).ShouldBe(model.Has(setting.Name), $"{model.Name} {setting.Name}");
            }
        }
    }

    private static async Task<string> HelpAsync(params string[] arguments)
    {
        CommandResult result = await CommandLine.RunAsync(arguments);
        result.ExitCode.ShouldBe(0, result.Error);
        return string.Join(' ', result.Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }
}
