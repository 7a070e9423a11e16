namespace DistRec.Models;

/// <summary>Arithmetic left the numbers a model can be built from; the message says where and what to try.</summary>
public sealed class NumericalException : Exception
{
    public NumericalException()
        : this("the model is no longer finite")
    {
    }

    public NumericalException(string message)
        : base(message)
    {
    }

    public NumericalException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
