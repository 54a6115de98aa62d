using Microsoft.AspNetCore.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Ploy.EntityFrameworkCore.SoftDelete;
using Ploy.EntityFrameworkCore.Tenancy;

namespace NxLoy.Api;

/// <summary>Marks endpoints that are one business's.</summary>
internal sealed class TenantHeader
{
    /// <summary>For the demonstration anybody may say who they are; an application takes it from the signed token.</summary>
    public const string Name = "X-Business-Id";
}

/// <summary>Takes the tenant from the request. Every query of the request is then that business's, whatever the endpoint says.</summary>
internal sealed class TenantFilter(TenantContext tenant) : IEndpointFilter
{
    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        if (context.HttpContext.Request.Headers[TenantHeader.Name].ToString() is not { Length: > 0 } id)
            return ValueTask.FromResult<object?>(TypedResults.Problem($"The header {TenantHeader.Name} says whose request this is; it is missing.", statusCode: 400));
        tenant.TenantId = id;
        return next(context);
    }
}

/// <summary>What the client refuses becomes an answer that a caller understands.</summary>
internal sealed class RefusalHandler(IProblemDetailsService problems) : IExceptionHandler
{
    public ValueTask<bool> TryHandleAsync(HttpContext context, Exception error, CancellationToken cancellationToken)
    {
        var (status, detail) = error switch
        {
            TenantException => (403, error.Message),
            SoftDeleteException => (409, error.Message),
            DbUpdateConcurrencyException => (409, "Somebody else has changed it meanwhile."),
            DbUpdateException { InnerException: Npgsql.PostgresException { SqlState: "23505" } } => (409, "It exists already."),
            _ => (0, ""),
        };
        if (status == 0) return ValueTask.FromResult(false);
        context.Response.StatusCode = status;
        return problems.TryWriteAsync(new ProblemDetailsContext { HttpContext = context, ProblemDetails = { Status = status, Detail = detail } });
    }
}
