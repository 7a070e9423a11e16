using DistRec.Models.Feedback;
using DistRec.Models.Neighborhood;

namespace DistRec.Models.Tests.Feedback;

public sealed class FeedbackKernelTests
{
    private const int Users = 13;
    private const int Items = 17;
    private const int ListLength = 5;

    private static readonly FeedbackStep Step = new(new RatingUnits(3, 1), 0.02f, 0.015f, 0.03f, 0.08f, 0.03f, 0.05f, 0.04f, 0.06f);
    private static readonly List<Rating> Ratings = RatingLists.Noise(Users, Items, 0.4);

    public static TheoryData<FeedbackForm, int> Forms
    {
        get
        {
            TheoryData<FeedbackForm, int> forms = [];
            foreach (FeedbackForm form in Enum.GetValues<FeedbackForm>())
            {
                foreach (int rank in new[] { 1, 15, 16, 17, 40 })
                {
                    forms.Add(form, rank);
                }
            }

            return forms;
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void A_pass_is_the_definition_by_user(FeedbackForm form, int rank)
    {
        foreach (bool hasMoreFeedback in new[] { false, true })
        {
            Case one = new(form, rank, Ratings, hasMoreFeedback);
            NaiveFeedback definition = one.Definition(Step);
            for (int epoch = 0; epoch < 3; epoch++)
            {
                double found = one.Run(Step);
                double expected = Enumerable.Range(0, Users).Sum(user => definition.VisitByUser(user, one.RatedBy(user), one.FeedbackOf(user)));
                found.ShouldBe(expected, 1e-5 * expected);
            }

            one.DistanceTo(definition).ShouldBeLessThan(1e-5);
            one.PaddingIsZero().ShouldBeTrue();
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void At_a_small_rate_the_form_by_user_is_the_form_by_rating(FeedbackForm form, int rank)
    {
        NaiveFeedback start = new Case(form, rank, Ratings, hasMoreFeedback: true).Definition(Step);
        double ratio = Gap(1e-3) / Gap(1e-4);

        // What the two differ by is of second order in the rate.
        ratio.ShouldBeInRange(80, 120);

        double Gap(double share)
        {
            Case one = new(form, rank, Ratings, hasMoreFeedback: true);
            NaiveFeedback byUser = one.Definition(Scaled(share)), byRating = one.Definition(Scaled(share));
            for (int user = 0; user < Users; user++)
            {
                byUser.VisitByUser(user, one.RatedBy(user), one.FeedbackOf(user));
                byRating.VisitByRating(user, one.RatedBy(user), one.FeedbackOf(user));
            }

            return Case.Parameters(byUser).Zip(Case.Parameters(byRating), (a, b) => Math.Abs(a - b)).Max();
        }

        FeedbackStep Scaled(double share) =>
            Step with { Rate = (float)(Step.Rate * share), BiasRate = (float)(Step.BiasRate * share), FeedbackRate = (float)(Step.FeedbackRate * share), NeighborRate = (float)(Step.NeighborRate * share) };
    }

    [Theory]
    [InlineData(FeedbackForm.SvdPlusPlus)]
    [InlineData(FeedbackForm.Asymmetric)]
    [InlineData(FeedbackForm.Nsvd)]
    [InlineData(FeedbackForm.Neighborhood)]
    [InlineData(FeedbackForm.Integrated)]
    public void Every_parameter_moves_against_the_gradient_of_the_squared_error(FeedbackForm form)
    {
        // One user with one rating: everything moves from the old values, by γ times half the falling slope of e².
        List<Rating> rating = [new(0, 2, 4.5)];
        FeedbackStep step = new(new RatingUnits(3, 1), 1, 1, 1, 0, 0, 0, 1, 0);
        Case one = new(form, 5, rating, hasMoreFeedback: true, users: 1);
        NaiveFeedback before = one.Definition(step);
        double[] weights = before.WeightsOf(0, one.RatedBy(0));
        Dictionary<int, double> residuals = before.ResidualsOf(0, one.RatedBy(0));
        double[] values = [.. Case.Parameters(before)];

        one.Run(step);

        double[] moved = [.. Case.Parameters(one.Definition(step))];
        for (int parameter = 0; parameter < values.Length; parameter++)
        {
            const double Small = 1e-5;
            double slope = (SquaredError(parameter, Small) - SquaredError(parameter, -Small)) / (2 * Small);
            (moved[parameter] - values[parameter]).ShouldBe(-slope / 2, 1e-5, $"parameter {parameter}");
        }

        double SquaredError(int parameter, double change)
        {
            NaiveFeedback changed = one.Definition(step);
            Case.Set(changed, [.. values.Select((value, index) => index == parameter ? value + change : value)]);
            return Math.Pow(4.5 - changed.Predict(0, 2, one.RatedBy(0), one.FeedbackOf(0), weights, residuals), 2);
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void A_description_is_the_sum_of_the_definition(FeedbackForm form, int rank)
    {
        Case one = new(form, rank, Ratings, hasMoreFeedback: true);
        NaiveFeedback definition = one.Definition(Step);
        for (int user = 0; user < Users; user++)
        {
            IReadOnlyList<Rating> rated = one.RatedBy(user);
            double[] expected = definition.Profile(user, rated, one.FeedbackOf(user), definition.WeightsOf(user, rated));
            RatingLists.Distance(one.Describe(user, Step.Units).Select(value => (double)value), expected).ShouldBeLessThan(1e-5);
        }
    }

    [Fact]
    public void Users_without_ratings_move_nothing()
    {
        Case one = new(FeedbackForm.SvdPlusPlus, 4, [new(1, 0, 3)], hasMoreFeedback: false);
        float[] before = one.UserValues(0);
        one.Run(Step);
        one.UserValues(0).ShouldBe(before);
    }

    /// <summary>Tables and data of one model, for the kernel and for its definition.</summary>
    private sealed class Case
    {
        private readonly FeedbackShape _shape;
        private readonly IReadOnlyList<Rating> _ratings;
        private readonly UserFeedback _data;
        private readonly FactorSide _users;
        private readonly FactorSide _items;

        public Case(FeedbackForm form, int rank, IReadOnlyList<Rating> ratings, bool hasMoreFeedback, int users = Users)
        {
            bool hasLists = form is FeedbackForm.Neighborhood or FeedbackForm.Integrated;
            _shape = new FeedbackShape(form, form == FeedbackForm.Neighborhood ? 0 : rank, hasLists ? new NeighborShape(NeighborForm.Sum, ListLength, ListLength) : null);
            _ratings = ratings;
            RatingMatrix matrix = ratings.ToList().ToMatrix(users, Items);
            RatingMatrix? feedback = hasMoreFeedback
                ? RatingMatrix.UnionOfPairs([matrix, RatingLists.Noise(users, Items, 0.2, seed: 9).ToMatrix(users, Items)])
                : null;
            _data = new UserFeedback(matrix, feedback);
            _users = FactorSide.Random(users, Math.Max(1, _shape.UserWidth), 0.3 / Math.Sqrt(rank), 1);
            _items = FactorSide.Random(Items, _shape.ItemWidth, 0.3 / Math.Sqrt(rank), 2);
            for (int item = 0; item < Items; item++)
            {
                Span<float> row = _items.Factors.Row(item);
                for (int lane = 0; lane < _shape.ListStart; lane++)
                {
                    // The padding of each part is zero.
                    row[lane] *= lane % _shape.Stride < rank ? 1 : 0;
                }

                // An item may be like itself here; some lists are not full.
                for (int place = 0; hasLists && place < ListLength; place++)
                {
                    row[_shape.ListStart + place] = place < ListLength - (item % 3) ? (item + (place * place)) % Items : -1;
                }
            }
        }

        private FactorTable UserFactors => _shape.HasUserFactors ? _users.Factors : new FactorTable(_users.Biases.Length, 0);

        public IReadOnlyList<Rating> RatedBy(int user) => [.. _ratings.Where(rating => rating.User == user)];

        public int[] FeedbackOf(int user) => _data.ItemsOf(user).ToArray();

        public float[] UserValues(int user) => [.. _users.Factors.Row(user), _users.Biases[user]];

        public double Run(FeedbackStep step) => FeedbackKernel.RunUsers(
            _shape, _data, 0, _users.Biases.Length, step, UserFactors, _users.Biases, _items.Factors, _items.Biases);

        public float[] Describe(int user, RatingUnits units)
        {
            float[] profile = new float[_shape.Rank];
            FeedbackKernel.Describe(
                _shape, _data.Ratings.RowColumns(user), _data.Ratings.RowValues(user), _data.ItemsOf(user), units, _users.Biases[user],
                UserFactors.Row(user), _items.Factors, _items.Biases, profile);
            return profile;
        }

        public NaiveFeedback Definition(FeedbackStep step) => new()
        {
            GlobalMean = step.Units.Mean,
            UserBiases = _users.BiasesAsDouble,
            ItemBiases = _items.BiasesAsDouble,
            UserFactors = _shape.HasUserFactors ? _users.Factors.ToDouble() : null,
            ItemFactors = _shape.Rank == 0 ? [.. Enumerable.Range(0, Items).Select(_ => Array.Empty<double>())] : Part(0),
            Explicit = _shape.HasExplicit ? Part(_shape.ExplicitStart) : null,
            Implicit = _shape.HasImplicit ? Part(_shape.ImplicitStart) : null,
            Lists = Lists,
            NeighborWeights = WeightsFrom(_shape.Neighbors?.WeightsStart),
            ImplicitNeighborWeights = WeightsFrom(_shape.Neighbors?.ImplicitStart),
            Neighbors = (step.NeighborRate, step.NeighborRegularization),
            WeighsResiduals = _shape.Form == FeedbackForm.Asymmetric,
            Rate = (step.Rate, step.BiasRate, step.FeedbackRate),
            Regularization = (step.Regularization, step.BiasRegularization, step.FeedbackRegularization),
        };

        public double DistanceTo(NaiveFeedback definition) =>
            RatingLists.Distance(Parameters(Definition(Step)), Parameters(definition));

        public bool PaddingIsZero() => Enumerable.Range(0, Items).All(item =>
            Enumerable.Range(0, _shape.ListStart).All(lane => lane % _shape.Stride < _shape.Rank || _items.Factors.Row(item)[lane] == 0));

        public static IEnumerable<double> Parameters(NaiveFeedback model) =>
            Tables(model).SelectMany(table => table).Concat(model.UserBiases).Concat(model.ItemBiases);

        public static void Set(NaiveFeedback model, double[] values)
        {
            int next = 0;
            foreach (double[] row in Tables(model).Append(model.UserBiases).Append(model.ItemBiases))
            {
                values.AsSpan(next, row.Length).CopyTo(row);
                next += row.Length;
            }
        }

        private static IEnumerable<double[]> Tables(NaiveFeedback model) =>
            new[] { model.UserFactors, model.ItemFactors, model.Explicit, model.Implicit, model.NeighborWeights, model.ImplicitNeighborWeights }.Where(table => table is not null).SelectMany(table => table!);

        private int[][]? Lists => _shape.Neighbors is null ? null :
        [
            .. Enumerable.Range(0, Items).Select(item => _items.Factors.Row(item).Slice(_shape.ListStart, ListLength).ToArray()
                .Where(other => other >= 0).Select(other => (int)other).ToArray()),
        ];

        private double[][]? WeightsFrom(int? start) => start is null ? null :
        [
            .. Enumerable.Range(0, Items).Select(item => _items.Factors.Row(item).Slice(_shape.ListStart + start.Value, Lists![item].Length).ToArray()
                .Select(weight => (double)weight).ToArray()),
        ];

        private double[][] Part(int start) => FeedbackTables.PartOf(_shape, [_items.Factors], start).ToDouble();
    }
}
