namespace DistRec.Data;

/// <summary>E[rounded rating | score], tabulated: nine normal tails a rating are too slow for millions.</summary>
internal sealed class ExpectationTable
{
    private const double From = -8;
    private const double To = 14;
    private const int StepsPerStar = 1024; // the error of linear interpolation is below 1e-6 for noise of 0.2 stars and more

    private readonly double _deviation;
    private readonly double[] _values = new double[(int)(To - From) * StepsPerStar + 2];

    public ExpectationTable(double deviation)
    {
        _deviation = deviation;
        for (int index = 0; index < _values.Length; index++)
        {
            _values[index] = HalfStars.ExpectedRound(From + (double)index / StepsPerStar, deviation);
        }
    }

    public double Expectation(double score)
    {
        if (_deviation < 0.2 || score < From || score >= To)
        {
            return HalfStars.ExpectedRound(score, _deviation);
        }

        double place = (score - From) * StepsPerStar;
        int below = (int)place;
        return _values[below] + (place - below) * (_values[below + 1] - _values[below]);
    }
}
