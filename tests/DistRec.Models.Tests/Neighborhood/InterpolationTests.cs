using DistRec.Models.Neighborhood;

namespace DistRec.Models.Tests.Neighborhood;

public sealed class InterpolationTests
{
    private const int Users = 50;
    private const int Items = 14;

    private static readonly List<Rating> Ratings = RatingLists.Draw(Users, Items, 0.5, (user, item) => Math.Clamp(RatingLists.Planted(2)(user, item), 1, 5));
    private static readonly RatingMatrix Matrix = Ratings.ToMatrix(Users, Items);

    [Theory]
    [InlineData(13)]
    [InlineData(5)]
    public void Predictions_are_those_of_the_equations_over_all_pairs(int listLength)
    {
        KnnOptions options = new() { Form = NeighborForm.Interpolation, Neighbors = 4, ListLength = listLength, Shrinkage = 10, ProductShrinkage = 7 };
        FactorModel model = PlainTraining.Knn(options, Matrix);
        NeighborSearch search = new(options.NeighborLists, Matrix, model.Units);
        Dictionary<(int User, int Item), double> residuals = Ratings.ToDictionary(
            one => (one.User, one.Item), one => model.Units.TargetOf((float)one.Value) - (double)search.Biases.Users[one.User] - search.Biases.Items[one.Item]);
        double mean = MeanOf(residuals, item => item.One != item.Other), squares = residuals.Values.Average(value => value * value);

        double Product(int one, int other)
        {
            (double, double)[] both = [.. Enumerable.Range(0, Users).Where(user => residuals.ContainsKey((user, one)) && residuals.ContainsKey((user, other)))
                .Select(user => (residuals[(user, one)], residuals[(user, other)]))];
            return NaiveInterpolation.MeanProduct(both, 7, one == other ? squares : mean);
        }

        int[][] lists = [.. Enumerable.Range(0, Items).Select(item => model.Neighbors!.Lists.Row(item)[..listLength].ToArray().Where(other => other >= 0).Select(other => (int)other).ToArray())];
        for (int item = 0; item < Items; item++)
        {
            for (int user = item % 5; user < Users; user += 5)
            {
                int[] near = [.. lists[item].Where(other => Matrix.RowColumns(user).Contains(other)).Take(4)];
                double[][] products = [.. near.Select(one => near.Select(
                    other => one == other || lists[one].Contains(other) || lists[other].Contains(one) ? Product(one, other) : mean).ToArray())];
                double[] weights = near.Length == 0 ? [] : NaiveInterpolation.Solve(products, [.. near.Select(other => Product(item, other))]);

                // The residuals of a prediction are those of the saved biases.
                RatedItems rated = RatedItems.Of(model, Matrix, user)!;
                double expected = near.Zip(weights, (other, weight) => weight * rated.ResidualOf(other)).Sum();
                model.Neighbors!.ScoreOf(item, rated).ShouldBe((float)expected, 1e-3f, $"user {user}, item {item}");
                NeighborKernel.Terms(model.Neighbors.Shape, model.Neighbors.Lists.Row(item), rated, model.Neighbors).Select(term => term.Item).ShouldBe(near);
            }
        }
    }

    private static double MeanOf(Dictionary<(int User, int Item), double> residuals, Func<(int One, int Other), bool> isPair)
    {
        double sum = 0, count = 0;
        foreach (IGrouping<int, KeyValuePair<(int User, int Item), double>> user in residuals.GroupBy(one => one.Key.User))
        {
            foreach (KeyValuePair<(int User, int Item), double> one in user)
            {
                foreach (KeyValuePair<(int User, int Item), double> other in user.Where(other => isPair((one.Key.Item, other.Key.Item))))
                {
                    sum += one.Value * other.Value;
                    count++;
                }
            }
        }

        return sum / count;
    }
}
