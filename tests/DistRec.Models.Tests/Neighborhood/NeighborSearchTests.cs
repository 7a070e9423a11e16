using DistRec.Models.Baseline;
using DistRec.Models.Neighborhood;

namespace DistRec.Models.Tests.Neighborhood;

public sealed class NeighborSearchTests
{
    private const int Users = 40;
    private const int Items = 25;
    private const int Length = 8;

    private static readonly List<Rating> Ratings =
        RatingLists.Draw(Users, Items, 0.35, (user, item) => Math.Clamp(Math.Round(2 * RatingLists.Planted(2)(user, item)) / 2, 0.5, 5));

    private static readonly RatingMatrix Matrix = Ratings.ToMatrix(Users, Items);
    private static readonly RatingUnits Units = new(3, 0.5f);

    [Theory]
    [InlineData(SimilarityKind.PearsonBaseline)]
    [InlineData(SimilarityKind.Pearson)]
    [InlineData(SimilarityKind.Cosine)]
    public void Lists_are_those_of_the_definition(SimilarityKind kind)
    {
        NeighborSearch search = Search(kind, out FactorTable lists);
        NaiveKnn naive = Naive(kind, search.Biases);
        for (int item = 0; item < Items; item++)
        {
            IReadOnlyList<(int Item, double Similarity)> expected = naive.ListOf(item, Items, Length);
            float[] found = lists.Row(item).ToArray();
            expected.Count.ShouldBeGreaterThan(2);
            found[..expected.Count].ShouldBe(expected.Select(other => (float)other.Item));
            found[expected.Count..Length].ShouldAllBe(other => other == -1);
            for (int place = 0; place < expected.Count; place++)
            {
                found[Shape.WeightsStart + place].ShouldBe((float)expected[place].Similarity, 1e-5f);
            }
        }
    }

    [Fact]
    public void A_list_has_the_same_bits_whoever_finds_it_and_for_ratings_times_a_number_and_one_more()
    {
        Search(SimilarityKind.PearsonBaseline, out FactorTable whole);
        NeighborSearch other = new(Settings(SimilarityKind.PearsonBaseline), Scaled(8, -5), new RatingUnits(19, 4));
        FactorTable lists = new(Items, Shape.Width);
        FactorTable sums = other.CreateSums();
        foreach ((int from, int to) in ((int, int)[])[(11, Items), (3, 11), (0, 3)])
        {
            FactorTable part = new(to - from, Shape.Width);
            other.Find(Matrix.TransposeColumns(from, to), 0, to - from, from, part, 0, sums);
            part.Values.CopyTo(lists.Values[(from * lists.Stride)..]);
        }

        lists.Values.ToArray().ShouldBe(whole.Values.ToArray());
    }

    [Theory]
    [InlineData(SimilarityKind.PearsonBaseline)]
    [InlineData(SimilarityKind.Pearson)]
    [InlineData(SimilarityKind.Cosine)]
    public void The_list_of_a_new_item_is_that_of_an_item_with_the_same_ratings_but_for_the_item_itself(SimilarityKind kind)
    {
        NeighborSearch search = Search(kind, out FactorTable lists);
        RatingMatrix byItem = Matrix.TransposeColumns(0, Items);
        for (int item = 0; item < Items; item++)
        {
            float[] fresh = search.ListOf(byItem.RowColumns(item), byItem.RowValues(item), search.Biases.Items[item]);

            // Nothing is more like it than itself, with as many users in common as it has.
            fresh[0].ShouldBe(item);
            fresh[Shape.WeightsStart].ShouldBe(byItem.RowLength(item) / (byItem.RowLength(item) + 10f), 1e-5f);
            fresh[1..Length].ShouldBe(lists.Row(item)[..(Length - 1)].ToArray());
        }
    }

    [Fact]
    public void Two_users_in_common_are_enough_and_one_is_not()
    {
        List<Rating> few = [new(0, 0, 5), new(0, 1, 5), new(0, 2, 1), new(1, 0, 1), new(1, 1, 1), new(2, 2, 5)];
        NeighborSearch search = new(Settings(SimilarityKind.Pearson), few.ToMatrix(3, 3), new RatingUnits(3, 1));
        FactorTable lists = new(3, Shape.Width);
        search.Find(few.ToMatrix(3, 3).TransposeColumns(0, 3), 0, 3, 0, lists, 0, search.CreateSums());

        lists.Row(0)[..2].ToArray().ShouldBe([1, -1]);
        lists.Row(0)[Shape.WeightsStart].ShouldBe(2 / 12f, 1e-6f);
        lists.Row(2)[0].ShouldBe(-1);
    }

    [Fact]
    public void Biases_are_five_rounds_of_damped_means()
    {
        DampedBiases found = DampedBiases.Fit(Matrix, new RatingUnits(3, 1), new BaselineOptions { UserRegularization = 5, ItemRegularization = 3 });
        double[] users = [], items = new double[Items];
        for (int round = 0; round < 5; round++)
        {
            users = NaiveBaseline.SolveUsers(Ratings, 3, items, Users, 5);
            items = NaiveBaseline.SolveItems(Ratings, 3, users, Items, 3);
        }

        RatingLists.Distance(found.Users.Select(bias => (double)bias), users).ShouldBeLessThan(1e-6);
        RatingLists.Distance(found.Items.Select(bias => (double)bias), items).ShouldBeLessThan(1e-6);
    }

    internal static NaiveKnn Naive(SimilarityKind kind, DampedBiases biases)
    {
        double Baseline(int user, int item) => Units.RatingOf((double)biases.Users[user] + biases.Items[item]);
        return new NaiveKnn(Ratings, Baseline)
        {
            Shrinkage = 10,
            Damping = 0.2,
            Neighbors = 3,
            Centre = kind switch
            {
                SimilarityKind.PearsonBaseline => rating => Baseline(rating.User, rating.Item),
                SimilarityKind.Cosine => rating => Ratings.Where(one => one.User == rating.User).Average(one => one.Value),
                _ => null,
            },
        };
    }

    private static NeighborShape Shape => new(NeighborForm.Mean, Length, 3, 0.2f);

    private static NeighborSettings Settings(SimilarityKind kind) => new(kind, 10, Shape, new BaselineOptions());

    private static NeighborSearch Search(SimilarityKind kind, out FactorTable lists)
    {
        NeighborSearch search = new(Settings(kind), Matrix, Units);
        lists = new FactorTable(Items, Shape.Width);
        search.Find(Matrix.TransposeColumns(0, Items), 0, Items, 0, lists, 0, search.CreateSums());
        return search;
    }

    private static RatingMatrix Scaled(float factor, float offset) =>
        new(Items, Matrix.RowStarts, Matrix.Columns, [.. Matrix.Values.Select(value => (factor * value) + offset)]);
}
