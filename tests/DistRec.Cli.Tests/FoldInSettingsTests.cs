using DistRec.Data;
using DistRec.Models;
using DistRec.Models.Als;
using DistRec.Models.Baseline;
using DistRec.Models.FoldIn;
using DistRec.Models.ImplicitAls;
using DistRec.Models.Persistence;
using DistRec.Numerics.Linear;

namespace DistRec.Cli.Tests;

/// <summary>Fold-in goes by the settings that <c>train</c> wrote into the model, whatever they were.</summary>
public sealed class FoldInSettingsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("als --regularization 0.7 --bias-regularization 5.5 --regularization-exponent 0.9 --rank 5")]
    [InlineData("als --regularization 0.7 --no-biases --rank 5")]
    [InlineData("als-implicit --regularization 1.25 --regularization-exponent 0.3 --alpha 7 --rank 5")]
    [InlineData("als-implicit --regularization 1.25 --confidence given --rank 5")]
    [InlineData("baseline --user-regularization 1.5 --item-regularization 4.5")]
    public async Task Row_solves_have_the_bits_of_a_solve_with_the_settings_that_were_given(string command)
    {
        string[] words = command.Split(' ');
        SavedModel saved = await TrainAsync(words);
        string Given(string name, string otherwise) => Array.IndexOf(words, name) is >= 0 and int at ? words[at + 1] : otherwise;
        float Number(string name, float otherwise) => float.Parse(Given(name, $"{otherwise:R}"));
        IRowSolver solver = words[0] switch
        {
            "als" => new AlsSolver(new AlsOptions
            {
                Rank = 5,
                Regularization = Number("--regularization", 0),
                BiasRegularization = Number("--bias-regularization", new AlsOptions().BiasRegularization),
                RegularizationExponent = Number("--regularization-exponent", new AlsOptions().RegularizationExponent),
                Biases = !words.Contains("--no-biases"),
            }),
            "als-implicit" => new ImplicitAlsSolver(new ImplicitAlsOptions
            {
                Rank = 5,
                Regularization = Number("--regularization", 0),
                RegularizationExponent = Number("--regularization-exponent", 0),
                Alpha = Number("--alpha", 1),
                ConfidenceGiven = words.Contains("given"),
            }),
            _ => new BaselineSolver(new BaselineOptions { UserRegularization = Number("--user-regularization", 0) }),
        };
        FactorTable items = saved.Model.ItemFactors ?? new FactorTable(saved.Items.Count, 0);
        RowRound round = new(Side.User, saved.Ratings!, new PartitionedFactors([0, items.Rows], [items], [saved.Model.ItemBiases]), saved.Model.Units);
        if (solver.Needs.HasFlag(RoundNeeds.OtherMoments))
        {
            MomentSums moments = new(solver.MomentRank);
            moments.Add(items, 0, items.Rows);
            round = round with { OtherMoments = moments };
        }

        FactorTable users = new(saved.Users.Count, solver.Rank);
        float[] biases = new float[users.Rows];
        solver.CreateWorker().SolveRows(round with { Shared = solver.Prepare(round) }, 0, users.Rows, users, biases, new RowLoss[users.Rows]);
        UserFoldIn foldIn = new(saved);
        for (int user = 0; user < users.Rows; user++)
        {
            FoldedUser folded = foldIn.Fit(saved.Ratings!.RowColumns(user), saved.Ratings.RowValues(user));
            folded.Bias.ShouldBe(biases[user]);
            folded.Factors.ToArray().ShouldBe(users.Row(user).ToArray());
        }

        // Training ended with the half-step of items.
        RatingMatrix byItem = saved.Ratings!.TransposeColumns(0, items.Rows);
        ItemFoldIn itemFoldIn = new(saved);
        for (int item = 0; item < items.Rows; item++)
        {
            FoldedItem folded = itemFoldIn.Fit(byItem.RowColumns(item), byItem.RowValues(item));
            folded.Bias.ShouldBe(saved.Model.ItemBiases[item]);
            folded.Factors.ToArray().ShouldBe(items.Row(item).ToArray());
        }
    }

    [Theory]
    [InlineData("nmf", "regularization,regularizationExponent,sweeps")]
    [InlineData("bpmf", "precision,priorStrength")]
    [InlineData("svd++", "learningRate,biasLearningRate,feedbackLearningRate,learningRateDecay,regularization,biasRegularization,feedbackRegularization")]
    [InlineData("asvd", "learningRate,biasLearningRate,feedbackLearningRate,learningRateDecay,regularization,biasRegularization,feedbackRegularization")]
    [InlineData("nsvd", "learningRate,biasLearningRate,feedbackLearningRate,learningRateDecay,regularization,biasRegularization,feedbackRegularization")]
    [InlineData("mf", "rank")]
    public async Task The_model_has_what_fold_in_reads_under_its_names_and_answers_new_users(string model, string names)
    {
        SavedModel saved = await TrainAsync([model, "--rank", "5", .. model == "bpmf" ? ["--burn-in", "1"] : Array.Empty<string>()]);

        names.Split(',').Except(saved.Description.Options.Keys).ShouldBeEmpty();
        saved.Description.Metrics["bestEpoch"].ShouldBeGreaterThan(0);
        saved.Description.Metrics["trainRmse"].ShouldBeGreaterThan(0);
        FoldedUser user = new UserFoldIn(saved).Fit([0, 1, 2], [1, 3, 5]);
        user.Factors.Length.ShouldBe(5);
        user.Factors.ToArray().ShouldContain(factor => factor != 0);
        FoldedItem item = new ItemFoldIn(saved).Fit([0, 1, 2], [1, 3, 5], (user, 4f));
        item.Factors.ToArray().ShouldContain(factor => factor != 0);
    }

    private async Task<SavedModel> TrainAsync(params string[] words)
    {
        string ratings = _folder.Write("ratings.csv", [.. Enumerable.Range(0, 400).Select(index => $"{index / 10},{((index % 10) * 2) + (index / 10 % 2)},{(index * 7 % 9 / 2.0) + 1}")]);
        await CommandLine.JsonAsync(["train", "--data", ratings, "--epochs", "4", "--test-ratio", "0", "--quiet", "--out", _folder["model"], "--model", .. words]);
        return ModelFolder.Load(_folder["model"]);
    }
}
