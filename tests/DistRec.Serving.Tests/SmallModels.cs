using DistRec.Models.Queries.Asking;
using DistRec.Numerics.Random;
using DistRec.Serving.Registry;

namespace DistRec.Serving.Tests;

/// <summary>Small models with factors drawn at random, ids u0, u1, … and i0, i1, …, titles and attributes.</summary>
internal static class SmallModels
{
    public const int Users = 20;
    public const int Items = 30;

    /// <summary>A model whose users have each rated every second item; the last item has no ratings.</summary>
    public static SavedModel Saved(ulong seed = 1, string kind = ModelKinds.Als, int rank = 4)
    {
        FactorTable users = new(Users, rank);
        FactorTable items = new(Items, rank);
        InitialFactors.Draw(users, 0, 1, seed, RandomPurpose.UserFactors);
        InitialFactors.Draw(items, 0, 1, seed, RandomPurpose.ItemFactors);
        RatingMatrix ratings = Ratings();
        FactorModel model = new(
            kind, 3.25f, new RatingScale(0.5f, 5), [.. Enumerable.Range(0, Users).Select(user => 0.01f * user)],
            [.. Enumerable.Range(0, Items).Select(item => 0.02f * item)], users, items)
        {
            Spread = kind == ModelKinds.Bpmf ? new FactorSpread(Variances(users), Variances(items), 0.25f) : null,
        };
        return new SavedModel(
            model,
            new IdMap(Enumerable.Range(0, Users).Select(user => $"u{user}")),
            new IdMap(Enumerable.Range(0, Items).Select(item => $"i{item}")),
            [.. Enumerable.Range(0, Items).Select(item => item % 5 == 4 ? null : $"Title {item}")],
            ratings,
            new ModelDescription
            {
                Kind = kind,
                Options = ModelDescription.OptionsOf(new KeyValuePair<string, object?>("regularization", 0.1f)),
                DataName = "made up",
                DataFingerprint = "abc123",
                DistRecVersion = "0.1.0",
                Created = new DateTimeOffset(2026, 1, 31, 12, 30, 15, TimeSpan.Zero),
            })
        {
            // Every third item is a drama, and each is of another year.
            Attributes = ItemAttributes.Of(Items, Enumerable.Range(0, Items).SelectMany(item => new[]
            {
                (item, "genre", item % 3 == 0 ? "Drama" : "Comedy"), (item, "year", $"{1980 + item}"),
            })),
        };
    }

    /// <summary>The same, ready to answer.</summary>
    public static ServingModel Serving(ulong seed = 1, string kind = ModelKinds.Als, string name = "small", int version = 1) => new(Saved(seed, kind), name, version);

    /// <summary>What answers when this model is the only one.</summary>
    public static ActiveModels Active(ServingModel model) =>
        new(new Dictionary<string, ServingModel>(StringComparer.Ordinal) { [model.Name] = model }, model);

    private static FactorTable Variances(FactorTable factors)
    {
        FactorTable variances = new(factors.Rows, factors.Rank);
        for (int index = 0; index < variances.Values.Length; index++)
        {
            variances.Values[index] = Math.Abs(factors.Values[index]) / 4;
        }

        return variances;
    }

    private static RatingMatrix Ratings()
    {
        List<long> starts = [0];
        List<int> columns = [];
        List<float> values = [];
        for (int user = 0; user < Users; user++)
        {
            for (int item = user % 2; item < Items - 1; item += 2)
            {
                columns.Add(item);
                values.Add(0.5f * (1 + (((user * 7) + (item * 3)) % 10)));
            }

            starts.Add(columns.Count);
        }

        return new RatingMatrix(Items, [.. starts], [.. columns], [.. values]);
    }
}
