using DistRec.Numerics.Linear;
using DistRec.Numerics.Random;

namespace DistRec.Cli.Bench;

/// <summary>
/// A model to ask: generated ratings, and factors without a structure, which no order of the items makes easier to search. All items are about as
/// long, so that none is passed over for its length, as in trained models those of few ratings are.
/// </summary>
internal static class BenchModel
{
    /// <summary>Generates a model.</summary>
    public static SavedModel Generate(BenchShape shape, CliHost host)
    {
        RatingData data = shape.Generate(host);
        FactorTable users = new(data.Users.Count, shape.Rank);
        FactorTable items = new(data.Items.Count, shape.Rank);
        InitialFactors.Draw(users, 0, 1, 1, RandomPurpose.UserFactors);
        InitialFactors.Draw(items, 0, 1, 1, RandomPurpose.ItemFactors);
        FactorModel model = new(
            ModelKinds.Als, 3.5f, new RatingScale(0.5f, 5), new float[users.Rows], new float[items.Rows], users, items);
        return new SavedModel(model, data.Users, data.Items, data.Titles, data.Ratings, new ModelDescription
        {
            Kind = ModelKinds.Als,
            DataName = data.Name,
            DataFingerprint = data.Fingerprint,
            DistRecVersion = ProductVersion.Number,
            Created = host.Time.GetUtcNow(),
        });
    }
}
