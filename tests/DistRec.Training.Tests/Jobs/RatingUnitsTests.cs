using DistRec.Models.FactorizationMachine;
using DistRec.Models.Neighborhood;
using DistRec.Models.Queries;
using DistRec.Numerics.Random;
using DistRec.Training.Jobs;

namespace DistRec.Training.Tests.Jobs;

/// <summary>
/// Rates, λ, priors, first factors and the limits of divergence once meant ratings from 1 to 5: on other scales some models failed and most were
/// worse. Now a model of r and one of a·r + b are the same.
/// </summary>
public sealed class RatingUnitsTests
{
    // What float32 keeps of targets, after as many steps as an epoch has.
    private const double Tolerance = 5e-3;

    // Steps of Adam through the kinks of layers spread what rounding does.
    private const double KinkTolerance = 3e-2;

    public static TheoryData<string> Kinds { get; } =
        [.. ModelCatalogue.All.Where(model => model.Defaults is { IsImplicit: false }).Select(model => model.Name)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_model_of_ratings_times_a_plus_b_predicts_a_times_as_much_plus_b(string kind)
    {
        FactorModel model = await TrainAsync(kind, 1, 0);
        RatingMatrix ratings = RatingsOf(1, 0).Train;
        foreach ((double a, double b) in Scales())
        {
            FactorModel scaled = await TrainAsync(kind, a, b);
            RatingMatrix scaledRatings = RatingsOf(a, b).Train;

            // Ratings themselves are rounded to float32.
            double rounding = 1e-6 * Math.Abs(b) / a;
            for (int user = 0; user < model.UserBiases.Length; user += 3)
            {
                RatedItems? rated = RatedItems.Of(model, ratings, user), scaledRated = RatedItems.Of(scaled, scaledRatings, user);
                for (int item = user % 7; item < model.ItemBiases.Length; item += 7)
                {
                    double expected = FactorScore.Unclipped(model, user, item, Answer.Known, rated);
                    double found = (FactorScore.Unclipped(scaled, user, item, Answer.Known, scaledRated) - b) / a;
                    found.ShouldBe(expected, (kind == ModelKinds.Mlp ? KinkTolerance : Tolerance) + (20 * rounding), $"{a} r + {b}, user {user}, item {item}");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Errors_that_people_see_are_in_ratings(string kind)
    {
        TrainingOutcome stars = await RunAsync(kind, 1, 0), percent = await RunAsync(kind, 25, -25);
        foreach ((EpochFinished one, EpochFinished other) in stars.Epochs.Zip(percent.Epochs))
        {
            if (one.HasTrainRmse)
            {
                (other.TrainRmse / one.TrainRmse).ShouldBe(25, 0.2);
            }

            (other.ValidationRmse / one.ValidationRmse).ShouldBe(25, 0.2);
            (other.ValidationMae / one.ValidationMae).ShouldBe(25, 0.2);
            other.HasLoss.ShouldBe(one.HasLoss);
            if (one.HasLoss)
            {
                (other.Loss / one.Loss).ShouldBe(625, 6);
            }
        }
    }

    // The ends of what is promised, and a few between, drawn once.
    private static IEnumerable<(double A, double B)> Scales()
    {
        yield return (0.01, 100);
        yield return (1000, -100);
        EntityRandom random = new(7, RandomPurpose.Split, 0, 0);
        for (int draw = 0; draw < 3; draw++)
        {
            yield return (Math.Pow(10, (5 * random.NextDouble()) - 2), (200 * random.NextDouble()) - 100);
        }
    }

    private static async Task<FactorModel> TrainAsync(string kind, double a, double b) => (await RunAsync(kind, a, b)).Model!;

    private static async Task<TrainingOutcome> RunAsync(string kind, double a, double b)
    {
        ModelDefinition model = ModelCatalogue.Get(kind);
        TrainingData data = RatingsOf(a, b);
        TrainingSettings settings = new()
        {
            Model = model.Defaults is FmOptions { Sweeps: true } fm ? fm with { Rank = 4, BurnIn = 2 } : model.Defaults,
            Epochs = Math.Min(20, model.Defaults.UsualEpochs),
            Patience = 0,
            Partitions = 2,
        };
        TrainingOutcome outcome = await TrainingSession.RunAsync(
            model.Defaults.HasFeatures ? PlantedFeatures.Of(data) : data, settings, new SessionOptions());
        outcome.State.ShouldBe(JobState.Completed, outcome.Reason);
        return outcome;
    }

    private static TrainingData RatingsOf(double a, double b) =>
        Planted.Small with { Train = Scaled(Planted.Small.Train, a, b), Validation = Scaled(Planted.Small.Validation!, a, b) };

    private static RatingMatrix Scaled(RatingMatrix ratings, double a, double b) =>
        new(ratings.ColumnCount, ratings.RowStarts, ratings.Columns, Array.ConvertAll(ratings.Values, rating => (float)((a * rating) + b)));
}
